"""Clocks that are off, or are set while all runs: every bell rings, and rings on time.

A few lines of C lie to worker and beat of what their machine's clock says; the database's clock stays right.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.support.rows import Row, at_least, at_most
from tests.drill.support.ferries import RINGS_ONLY, open_ferries
from tests.drill.support.lacks import lacking
from tests.drill.support.town import Stuck, Town, town, wait_for
from tests.plugins.needs import missing_compiler

SOURCE = Path(__file__).parent / "support" / "clock_ahead.c"
# How far the worker's clock is ahead, and beat's.
OFF = ((5, -5), (-5, 5), (3600, -3600), (-3600, 3600))
DROPS, SPREAD_SECONDS = 200, 10
LATE_P99_SECONDS_MAX = 2.0
PATIENCE_SECONDS = 30
LOOKS_MAX, LOOK_SECONDS = 9, 0.5
LATE = """
SELECT count(*),
    coalesce(percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - window_closes_at)), 0)
FROM drops_drop WHERE status <> 'open'
"""


def run() -> list[Row]:
    lack = missing_compiler()
    if lack is not None:
        return lacking("clocks: C compiler missing on this machine", f"clocks: {lack}")
    with town() as place:
        library = str(place.folder / "clock_ahead.so")
        make_library(library)
        rows = [row for worker, beat in OFF for row in _off(place, library, worker, beat)]
        return rows + list(_set_while_running(place, library))


def make_library(library: str) -> None:
    """Compile what lies about the time."""
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, str(SOURCE)], check=True)  # noqa: S603, S607


def lied_to(library: str, file: Path) -> dict[str, str]:
    """The settings of a process whose clock is off by what stands in `file`, which may change."""
    return {"LD_PRELOAD": library, "CLOCK_AHEAD_FILE": str(file)}


def put_off(file: Path, seconds: int) -> None:
    """Written beside and renamed: who reads it half would take the time for right."""
    beside = file.with_suffix(".new")
    beside.write_text(f"{seconds}\n")
    beside.replace(file)


def seen_off(settings: dict[str, str]) -> float:
    """By how much a process with these settings takes the time for later than it is, by the quickest of a few looks:
    on a busy machine a single one may take longer than the step it is to see."""
    command = [sys.executable, "-S", "-c", "import time; print(time.time())"]
    lied_to_too, looks = {**os.environ, **settings}, list[tuple[float, float]]()
    while len(looks) < LOOKS_MAX and not (looks and min(looks)[0] < LOOK_SECONDS):
        began = time.time()
        told = subprocess.run(command, env=lied_to_too, check=True, capture_output=True, text=True)  # noqa: S603
        took = time.time() - began
        looks.append((took, float(told.stdout) - began - took / 2))
    return min(looks)[1]


def _off(place: Town, library: str, worker: int, beat: int) -> Iterator[Row]:
    files = {name: place.folder / f"{name}.off" for name in ("worker", "beat")}
    for name, seconds in (("worker", worker), ("beat", beat)):
        put_off(files[name], seconds)
    title = f"worker {worker:+} s, beat {beat:+} s"
    place.start_worker(**lied_to(library, files["worker"]))
    place.start_beat(**RINGS_ONLY, **lied_to(library, files["beat"]))
    wait_for("the worker says how far its clock is off", lambda: is_noticed(place, worker))
    yield at_most(f"{title}: beat's clock misses that by", abs(_beat_off(library, files["beat"]) - beat), "s", 1)
    yield from _bells(place, title)
    for name in ("beat", "worker"):
        place.stop(name)


def _set_while_running(place: Town, library: str) -> Iterator[Row]:
    file = place.folder / "both.off"
    put_off(file, 0)
    place.start_worker(**lied_to(library, file))
    place.start_beat(**RINGS_ONLY, **lied_to(library, file))
    for seconds in (3600, -3600):
        wait_for("the worker's clock is as it was set", lambda: is_noticed(place, 0))
        yield from _bells(place, f"set by {seconds:+} s meanwhile", lambda ahead=seconds: put_off(file, ahead))
        noticed = wait_for("the worker's clock was set", lambda ahead=seconds: is_noticed(place, ahead))
        yield at_most(f"set by {seconds:+} s meanwhile: noticed after that", noticed, "s", 10)
        put_off(file, 0)


def _beat_off(library: str, file: Path) -> float:
    return seen_off(lied_to(library, file))


def is_noticed(place: Town, seconds: int) -> bool:
    """Whether a worker has said, since a moment ago, that its clock is so far ahead."""
    row = place.ask("SELECT clock_ahead_seconds FROM core_pulse WHERE at > now() - interval '5 seconds'")
    return row is not None and row[0] is not None and abs(row[0] - seconds) < 1


def _bells(place: Town, title: str, meanwhile: Callable[[], object] = lambda: None) -> Iterator[Row]:
    open_ferries(place.url, DROPS, SPREAD_SECONDS)
    time.sleep(SPREAD_SECONDS / 2)
    meanwhile()
    try:
        wait_for("all bells", lambda: place.ask(LATE)[0] == DROPS, SPREAD_SECONDS + PATIENCE_SECONDS)
    except Stuck as stuck:
        sys.stderr.write(f"clocks: {title}: {stuck}\n")
    rung, late = place.ask(LATE)
    yield at_least(f"{title}: bells of {DROPS}", rung, "", DROPS)
    yield at_most(f"{title}: bells late, p99", late, "s", LATE_P99_SECONDS_MAX)
