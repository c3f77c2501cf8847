"""PostgreSQL restarts, is gone for some seconds, or cuts its connections: people are told to come back; all heals."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil

from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.serving import free_port
from tests.drill.support.callers import Visitors, visitors
from tests.drill.support.town import Town, postgres_server, start_postgres, town, wait_for

TIMES = 5
GONE_SECONDS = 5.0
HEALTHY_SECONDS_MAX = 10.0
CUT = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'town' AND pid <> pg_backend_pid()"
# Nobody may be signed in by it, and asking who that is takes the database.
STRANGERS_COOKIE = f"sessionid={'a' * 32}"
RINGS = """
SELECT at > now() - interval '10 seconds' FROM core_pulse ORDER BY at DESC LIMIT 1
"""


def run() -> list[Row]:
    with town() as place:
        port = free_port()
        place.start_web("web", port)
        place.start_worker()
        place.start_beat()
        wait_for("the worker runs", lambda: place.ask(RINGS))
        faults = {"restarted": restart, f"gone for {GONE_SECONDS:g} s": be_gone, "cut": cut, "frozen": freeze}
        rows = [row for name, fault in faults.items() for row in _suffered(place, port, name, fault)]
        return [*rows, *_left(place)]


def restart(place: Town) -> int:
    return be_gone(place, seconds=0)


def be_gone(place: Town, seconds: float = GONE_SECONDS) -> int:
    """Stop as `pg_ctl stop -m fast` does, and come back; 1 if it was another server then."""
    server = postgres_server()
    before = server.get_pid()
    server.stop()
    time.sleep(seconds)
    start_postgres()
    return int(server.get_pid() != before)


def cut(place: Town) -> int:
    """How many connections were cut."""
    return int(place.ask(CUT)[0])


def freeze(place: Town) -> int:
    """Say nothing for some seconds, as behind a network that is away; how many processes did."""
    first = psutil.Process(postgres_server().get_pid())
    everybody = [first, *first.children()]
    for number in (signal.SIGSTOP, signal.SIGCONT):
        for one in everybody:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(number)
        time.sleep(GONE_SECONDS * (number == signal.SIGSTOP))
    return len(everybody)


def _suffered(place: Town, port: int, name: str, fault: Callable[[Town], int]) -> Iterator[Row]:
    landed, healthy = 0, []
    with visitors(port, Cookie=STRANGERS_COOKIE) as group:
        for _ in range(TIMES):
            wait_for("visitors are answered", lambda: len(group.well()) > 20)
            landed += bool(fault(place))
            healthy.append(_healed(group))
        away = group.counts()[503]
    title = f"PostgreSQL {name}"
    yield at_least(f"{title}: times, of {TIMES}", landed, "", TIMES)
    yield at_least(f"{title}: answers meanwhile", len(group.answers), "", 50)
    yield Row(f"{title}: of these, told to come back (503)", away, "")
    yield at_most(f"{title}: answered otherwise (500, cut, no Retry-After)", len(group.unkind()), "", 0)
    yield at_most(f"{title}: healthy again after", max(healthy), "s", HEALTHY_SECONDS_MAX)


def _healed(group: Visitors) -> float:
    """Seconds until each of twenty answers in a row was one of any day."""
    began = time.monotonic()

    def is_well() -> bool:
        lately = group.answers[-20:]
        return len(lately) == 20 and lately[0].at > began and all(one.is_well for one in lately)

    wait_for("all is well again", is_well, 60)
    return next(one.at for one in reversed(group.answers[:-19])) - began


def _left(place: Town) -> Iterator[Row]:
    waited = wait_for("the worker runs again", lambda: (place.ask(RINGS) or [False])[0], 60)
    yield at_most("PostgreSQL: the worker runs again after", waited, "s", HEALTHY_SECONDS_MAX)
