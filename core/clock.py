"""The one clock that rings the bell.

The time is the database's. It is asked for at most every ten seconds and carried on in between by a counter that
nobody sets, so that a web server or worker whose clock is off, or is put right by an hour, neither takes a late entry
nor closes a window early. Read it once at the door (view, task, command) as `clock.now()` and pass it on as `now`.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import Error, connection

ASKED_AGAIN_AFTER_SECONDS = 10.0
# On Linux, time.monotonic() stands still while the machine sleeps; this goes on.
COUNTER = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def count_seconds() -> float:
    """Return the counter's seconds. They have no date, and setting the machine's clock does not move them."""
    return time.clock_gettime(COUNTER)


@dataclass(frozen=True)
class Reading:
    """A clock as it stood when the counter stood at `counted`."""

    told: datetime
    counted: float

    def carry_on(self) -> datetime:
        return self.told + timedelta(seconds=count_seconds() - self.counted)


def ask_database() -> Reading | None:
    """Return the database's time, as of the middle of the question; None when it does not answer."""
    try:
        with connection.cursor() as cursor:
            before = count_seconds()
            cursor.execute("SELECT clock_timestamp()")
            told = cursor.fetchone()[0]
            return Reading(told, (before + count_seconds()) / 2)
    except Error:
        return None


class DatabaseClock:
    """Asks again when its reading is old, one caller at a time; the others go on with what there is.

    Whoever comes before the first answer waits for it. Until the database has answered once, the time is the machine's.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.reading: Reading | None = None
        self.was_asked = False

    def now(self) -> datetime:
        if not self.was_asked:
            with self.lock:
                if not self.was_asked:
                    self.ask()
        elif self.is_old() and self.lock.acquire(blocking=False):
            try:
                self.ask()
            finally:
                self.lock.release()
        return self.reading.carry_on() if self.reading else datetime.now(UTC)

    def machine_ahead_seconds(self) -> float | None:
        """How far the machine's clock is ahead of the database's, behind where negative; None where nobody knows."""
        self.now()
        return (datetime.now(UTC) - self.reading.carry_on()).total_seconds() if self.reading else None

    def is_old(self) -> bool:
        return self.reading is None or count_seconds() - self.reading.counted > ASKED_AGAIN_AFTER_SECONDS

    def ask(self) -> None:
        self.reading = ask_database() or self.reading
        self.was_asked = True


_database_clock = DatabaseClock()
_started = Reading(datetime.now(UTC), count_seconds())


def now() -> datetime:
    """Return the time now, aware UTC, by the database's clock."""
    return _database_clock.now()


def machine_ahead_seconds() -> float | None:
    """How far this machine's clock is ahead of the database's. Nothing goes by it; its operator will want to know."""
    return _database_clock.machine_ahead_seconds()


def steady() -> datetime:
    """Return the machine's time as of this process's start, carried on: for what must only keep its pace, like beat."""
    return _started.carry_on()
