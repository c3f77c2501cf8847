"""How long the command line takes to start: whole processes, as a shell waits for them, beside an empty Python."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from clorp.dev.environment import ROOT
from tests.bench.support.rows import Row, at_most

STARTS = 21
START_MAX_MS = 150
ENGLISH, GERMAN = "en_US.UTF-8", "de_DE.UTF-8"
COMMANDS = {
    "help": (["--help"], ENGLISH),
    "help, in German": (["--help"], GERMAN),
    "help on a command": (["submit", "--help"], ENGLISH),
    "version": (["--version"], ENGLISH),
}


def run() -> list[Row]:
    empty = starts_of(["-c", "pass"], ENGLISH)
    rows = [Row("an empty Python, start to end", empty.wall_ms, "ms")]
    for name, (arguments, language) in COMMANDS.items():
        starts = starts_of(["-m", "clorp_cli", *arguments], language)
        rows.append(at_most(f"clorp {name}, start to end", starts.wall_ms, "ms", START_MAX_MS))
        rows.append(Row(f"clorp {name}, processor time", starts.processor_ms, "ms"))
    return rows


@dataclass(frozen=True)
class Starts:
    """Medians: as a shell waits, which other work on the machine makes longer, and as the processor works."""

    wall_ms: float
    processor_ms: float


def starts_of(arguments: list[str], language: str) -> Starts:
    took = [start(arguments, language) for _ in range(STARTS)]
    return Starts(*(statistics.median(column) for column in zip(*took, strict=True)))


def start(arguments: list[str], language: str) -> tuple[float, float]:
    before, begun = processor_seconds(), time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "cli"), "LC_ALL": language, "LANGUAGE": ""},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return (time.perf_counter() - begun) * 1000, (processor_seconds() - before) * 1000


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
