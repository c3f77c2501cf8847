"""How often a caller may ask: so many requests in each minute, counted where all processes count together."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import Error

from core import clock
from core.db import tally
from core.http import address_of

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60
# What is answered from memory is counted this often, and before more than this part of a limit is not yet counted.
SETTLE_SECONDS = 0.5
UNCOUNTED_PART = 10
STRANGERS_MAX = 10_000


@dataclass(frozen=True)
class Spent:
    """A request counted against its minute: whether it fits in, what to say in headers, when the minute is over."""

    allowed: bool
    headers: dict[str, str]
    reset_seconds: int


@dataclass(frozen=True)
class Quota:
    """So many requests in the minute of `now`, under the policy `name`. All machines must agree when it begins."""

    name: str
    requests: int
    ident: object
    now: datetime

    @property
    def seconds(self) -> float:
        """The time in seconds since 1970."""
        return self.now.timestamp()

    @property
    def key(self) -> str:
        """Where they are counted."""
        return f"api:{self.name}:{self.ident}:{int(self.seconds // WINDOW_SECONDS)}"[: tally.KEY_CHARS_MAX]

    @property
    def ends_at(self) -> datetime:
        """When the minute is over."""
        return self.now + timedelta(seconds=WINDOW_SECONDS - self.seconds % WINDOW_SECONDS)

    @property
    def kept(self) -> dict[str, Any]:
        """How long that is kept."""
        return {"seconds": WINDOW_SECONDS + 5, "now": self.now}

    def spent(self, count: int) -> Spent:
        """Return the headers for the window's `count`th request, and whether it is allowed."""
        reset = int(WINDOW_SECONDS - self.seconds % WINDOW_SECONDS) + 1
        headers = {
            "RateLimit-Policy": f'"{self.name}";q={self.requests};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.name}";r={max(0, self.requests - count)};t={reset}',
        }
        return Spent(count <= self.requests, headers, reset)


def spend(quota: Quota) -> Spent:
    """Count one request. A counter that is down limits nobody, lest it take the site along."""
    try:
        return quota.spent(tally.count(quota.key, **quota.kept))
    except Error:  # Redis away is an empty cache already.
        log.exception("requests are not counted")
        return quota.spent(1)


def of_stranger(request: Any) -> Quota:
    """Return the quota of a caller who is known by their address alone."""
    return Quota("anonymous", settings.API_ANONYMOUS_PER_MINUTE, address_of(request), clock.now())


class BatchedCounter:
    """Requests that cost next to nothing, each counted here at once and with all processes' a little later."""

    def __init__(self) -> None:
        self.lock = Lock()
        # By counter: where it stands as far as is known here, and what of that is not yet counted with the others'.
        self.known: dict[str, int] = {}
        self.uncounted: Counter[str] = Counter()
        self.settled_at = datetime.min.replace(tzinfo=UTC)

    def spend(self, quota: Quota, *, weight: int = 1) -> Spent:
        """Count one request, unless there is none left; then it is for `spend` to count, which asks all processes.

        `weight` is as how many it counts.
        """
        key = quota.key
        with self.lock:
            is_new, count = key not in self.known, self.known.get(key, 0) + weight
            if count > quota.requests:
                return quota.spent(count)
            self.known[key] = count
            self.uncounted[key] += weight
            is_late = not 0 <= (quota.now - self.settled_at).total_seconds() < SETTLE_SECONDS
            is_much = self.uncounted[key] >= quota.requests // UNCOUNTED_PART
            due = self._take(quota.now) if is_new or is_late or is_much else None
        return quota.spent(self._settle(due, quota) if due else count)

    def _take(self, now: datetime) -> Counter[str]:
        """Empty and return the uncounted requests. Counts known of other callers may be of a minute that is over."""
        due, self.uncounted, self.settled_at = self.uncounted, Counter(), now
        if len(self.known) > STRANGERS_MAX:
            self.known = {key: self.known[key] for key in due}
        return due

    def _settle(self, due: Counter[str], quota: Quota) -> int:
        """Count with the other processes, and return where the counter of `quota` stands."""
        try:
            counted = tally.count_all(due, **quota.kept)
        except Error:  # As in `spend`: nobody is refused because of it.
            log.exception("requests are not counted")
            counted = {}
        with self.lock:
            for key, stands_at in counted.items():
                self.known[key] = max(stands_at + self.uncounted[key], self.known.get(key, 0))
            return self.known.get(quota.key, 1)
