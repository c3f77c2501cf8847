"""The one clock that rings the bell.

The time is the machine's, corrected by its offset to the database's clock, so that a web
server or worker whose clock is off neither takes a late entry nor closes a window early.
Read it once at the door (view, task, command) as `clock.now()` and pass it on as `now`.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection

OFFSET_SECONDS_MAX_AGE = 10.0


class _Offset:
    """The machine's offset to the database, measured lazily and at most every ten seconds."""

    def __init__(self) -> None:
        self.value = timedelta(0)
        self.measured_at: float | None = None
        self.lock = threading.Lock()

    def current(self) -> timedelta:
        age = None if self.measured_at is None else time.monotonic() - self.measured_at
        if (age is None or age > OFFSET_SECONDS_MAX_AGE) and self.lock.acquire(blocking=False):
            try:
                self.measure()
            finally:
                self.lock.release()
        return self.value

    def measure(self) -> None:
        """Ask the database for its time; keep the last offset when it does not answer."""
        before = datetime.now(UTC)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT clock_timestamp()")
                theirs = cursor.fetchone()[0]
        except DatabaseError:
            return
        after = datetime.now(UTC)
        self.value = theirs - (before + (after - before) / 2)
        self.measured_at = time.monotonic()


_offset = _Offset()


def now() -> datetime:
    """The time now, aware UTC, by the database's clock."""
    return datetime.now(UTC) + _offset.current()
