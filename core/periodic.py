"""The loop of every periodic task: one verb per row, and a row that fails does not stop the others.

What waits for the network is run by one thread of a worker at a time, and for seconds: the others close windows.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, TypeVar

from core import clock
from core.errors import Refused

log = logging.getLogger(__name__)

# One run works on each kind of row for no longer than this, and the slowest row; the next run goes on.
RUN_SECONDS_MAX = 10.0

Row = TypeVar("Row")


def each(rows: Iterable[Any], verb: Callable[[Any], object], *, seconds_max: float = math.inf) -> int:
    """Call `verb` for each row (or its key), as far as the time reaches, and return how often it was done.

    One that cannot be handled is named in the log, by its key, and must not stop the others.
    """
    done = 0
    for row in in_time(rows, seconds_max):
        try:
            verb(row)
            done += 1
        except Refused as refusal:
            # What is away or full here will be there again; everything else was somebody's right to change.
            level, what = (logging.INFO, "row had moved on") if refusal.status < 500 else (logging.WARNING, "row waits")
            log.log(level, what, extra={"row": str(getattr(row, "pk", row)), "code": refusal.code})
        except Exception:
            log.exception("row failed", extra={"row": str(getattr(row, "pk", row))})
    return done


def in_time(rows: Iterable[Row], seconds_max: float) -> Iterator[Row]:
    """Yield the rows until so many seconds are over; the first in any case, so that every run comes further."""
    stop = clock.count_seconds() + seconds_max
    for row in rows:
        yield row
        if clock.count_seconds() >= stop:
            return


def one_at_a_time(task: Callable[[], int]) -> Callable[[], int]:
    """Let one thread of this process run `task` at a time; whoever comes meanwhile does nothing and returns 0."""
    return taking_turns(threading.Lock())(task)


def taking_turns(turn: threading.Lock) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """As `one_at_a_time`, for several tasks that share a `turn`: of all of them one thread runs one."""

    def bind(task: Callable[[], int]) -> Callable[[], int]:
        @wraps(task)
        def run() -> int:
            if not turn.acquire(blocking=False):
                return 0
            try:
                return task()
            finally:
                turn.release()

        return run

    return bind
