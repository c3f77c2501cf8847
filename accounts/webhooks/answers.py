"""The answer of somebody's address to a message of ours, and when to send it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from core.queue import FIRST_WAIT_SECONDS, back_off

WAIT_SECONDS_MAX = 6 * 3_600
JITTER = 0.2


@dataclass(frozen=True)
class Answer:
    """The answer of an address; `status` is None where none came, and then `why` tells why.

    `retry_after` is in how many seconds the address wants to be asked again, if it says so.
    """

    first_wait_seconds: ClassVar[int] = FIRST_WAIT_SECONDS

    status: int | None
    why: str = ""
    retry_after: float | None = None

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    def next_try(self, failures: int, now: datetime) -> datetime:
        """Return when to try again after so many failures: not before the address wants it, nor after our longest wait.

        Of those that wait for one address, all wait as long as it wants.
        """
        ours = back_off(now, failures, first=self.first_wait_seconds, most=WAIT_SECONDS_MAX, jitter=JITTER)
        return max(ours, now + timedelta(seconds=min(self.retry_after or 0, WAIT_SECONDS_MAX)))
