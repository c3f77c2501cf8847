"""How fast a judge may be asked: so many requests in any minute, and none while the server asks for a pause."""

from __future__ import annotations

import threading
import time

MINUTE_SECONDS = 60.0
BURST_SHARE = 15


class RateLimit:
    """Lets through at most `per_minute` requests in any minute, up to `burst` of them at once.

    The generic cell rate algorithm: every request moves the time at which the next one is due by an interval, and may
    come early by less than a burst's worth of intervals. The interval is stretched so that a burst on top of a full
    minute is still within the limit; that costs at most one part in fifteen. Times are seconds of the monotonic clock.
    """

    def __init__(self, per_minute: int, burst: int) -> None:
        burst = max(1, min(burst, per_minute // BURST_SHARE))
        self.interval_seconds = MINUTE_SECONDS / max(1, per_minute - burst)
        self.early_seconds = (burst - 1) * self.interval_seconds
        self.next_due = 0.0
        self._held_until = 0.0
        self._lock = threading.Lock()

    def wait_turn(self, *, until: float | None, stop: threading.Event) -> bool:
        """Wait until a request may start. False where that would be after `until`, or on `stop`.

        Who gave up while waiting has used a turn all the same: the others wait longer, never less than they must.
        """
        with self._lock:
            now = time.monotonic()
            start = max(now, self.next_due - self.early_seconds, self._held_until)
            if until is not None and start >= until:
                return False
            self.next_due = max(now, self.next_due) + self.interval_seconds
        while (left := max(start, self._held_until) - time.monotonic()) > 0:
            if until is not None and time.monotonic() + left >= until:
                return False
            if stop.wait(left):
                return False
        return not stop.is_set()

    def hold(self, seconds: float) -> None:
        """Nobody starts for so long: the server said so to one, and means all."""
        with self._lock:
            self._held_until = max(self._held_until, time.monotonic() + seconds)
