"""Redis is off, emptied or full: no web is taken out, and bells are late by no longer than it was away."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.serving import free_port, listens
from tests.drill.clocks import LATE
from tests.drill.support.callers import visitors
from tests.drill.support.ferries import RINGS_ONLY, open_ferries
from tests.drill.support.town import Town, town, wait_for

OFF_SECONDS = 30.0
DROPS, SPREAD_SECONDS = 200, 40
FLUSHES = 20
RUNS = "SELECT max(at) > now() - interval '5 seconds' FROM core_pulse"


def run() -> list[Row]:
    with town() as place:
        port = free_port()
        place.start_web("web", port)
        place.start_worker()
        place.start_beat(**RINGS_ONLY)
        faults: dict[str, tuple[Callable[[Town], int], float]] = {
            f"off for {OFF_SECONDS:g} s": (be_off, OFF_SECONDS),
            f"emptied {FLUSHES} times": (be_emptied, 0),
            f"full for {OFF_SECONDS:g} s": (be_full, OFF_SECONDS),
        }
        return [row for name, fault in faults.items() for row in _suffered(place, port, name, *fault)]


def command(place: Town, *words: str) -> bytes:
    """The answer of Redis, as it says it."""
    with socket.create_connection(("127.0.0.1", place.redis_port), timeout=5) as line:
        line.sendall((" ".join(words) + "\r\n").encode())
        return line.recv(4096)


def be_off(place: Town) -> int:
    place.stop("redis")
    gone = not listens(place.redis_port)
    time.sleep(OFF_SECONDS)
    place.start_redis()
    return int(gone)


def be_emptied(place: Town) -> int:
    emptied = 0
    for _ in range(FLUSHES):
        emptied += command(place, "FLUSHALL").startswith(b"+OK")
        time.sleep(0.5)
    return emptied // FLUSHES


def be_full(place: Town) -> int:
    """It takes nothing more, and forgets nothing to make room."""
    command(place, "CONFIG SET maxmemory-policy noeviction")
    command(place, "CONFIG SET maxmemory 1kb")
    refused = command(place, "SET one more").startswith(b"-OOM")
    time.sleep(OFF_SECONDS)
    command(place, "CONFIG SET maxmemory 0")
    return int(refused)


def _suffered(place: Town, port: int, name: str, fault: Callable[[Town], int], away: float) -> Iterator[Row]:
    wait_for("the worker runs", lambda: (place.ask(RUNS) or [False])[0])
    open_ferries(place.url, DROPS, SPREAD_SECONDS)
    ready = []
    with visitors(port) as group:
        wait_for("visitors are answered", lambda: len(group.well()) > 20)
        landed = fault(place)
        ready.append(group.look_at("/readyz").status)
        wait_for("all bells", lambda: place.ask(LATE)[0] == DROPS, SPREAD_SECONDS + away + 60)
    late = place.ask("SELECT max(extract(epoch FROM closed_at - window_closes_at)) FROM drops_drop")[0]
    title = f"Redis {name}"
    yield at_least(f"{title}: it was", landed, "", 1)
    yield at_least(f"{title}: answers meanwhile", len(group.answers), "", 100)
    yield at_most(f"{title}: of these, other than on any day", len(group.odd()), "", 0)
    yield at_most(f"{title}: /readyz answered", max(ready), "", 200)
    yield at_most(f"{title}: the latest of {DROPS} bells", late, "s", away + 2)
