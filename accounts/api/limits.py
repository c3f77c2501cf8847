"""How often a caller may ask: so many requests in each minute, counted where all processes count together."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.db import tally
from core.http import address_of

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Spent:
    """A request counted against its minute: whether it fits in, what to say in headers, when the minute is over."""

    allowed: bool
    headers: dict[str, str]
    reset_seconds: int


@dataclass(frozen=True)
class Quota:
    """So many requests in the minute of `at` (seconds since 1970), under the policy `name`."""

    name: str
    requests: int
    ident: object
    at: float

    @property
    def counter(self) -> dict[str, Any]:
        """Where they are counted, and how long that is kept."""
        key = f"api:{self.name}:{self.ident}:{int(self.at // WINDOW_SECONDS)}"
        return {"key": key, "seconds": WINDOW_SECONDS + 5, "now": datetime.fromtimestamp(self.at, UTC)}

    def spent(self, count: int) -> Spent:
        """What to tell whoever asked for the time with this number."""
        reset = int(WINDOW_SECONDS - self.at % WINDOW_SECONDS) + 1
        headers = {
            "RateLimit-Policy": f'"{self.name}";q={self.requests};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.name}";r={max(0, self.requests - count)};t={reset}',
        }
        return Spent(count <= self.requests, headers, reset)


def spend(quota: Quota) -> Spent:
    """Count one request. A counter that is down limits nobody, lest it take the site along."""
    try:
        return quota.spent(tally.count(**quota.counter))
    except DatabaseError:  # Redis away is an empty cache already.
        log.exception("requests are not counted")
        return quota.spent(1)


def of_user(user: Any) -> Quota:
    """What somebody with an account may, by page or by key."""
    return Quota("user", settings.API_USER_PER_MINUTE, user.pk, time.time())


def of_stranger(request: Any) -> Quota:
    """What somebody may who is known by their address alone."""
    return Quota("anonymous", settings.API_ANONYMOUS_PER_MINUTE, address_of(request), time.time())


class PerMinute(BaseThrottle):
    """People and their keys by user, everybody else by address. Says in headers what is left."""

    def allow_request(self, request: Request, view: Any) -> bool:
        user = request.user
        spent = spend(of_user(user) if user.is_authenticated else of_stranger(request))
        view.headers.update(spent.headers)
        self.reset = spent.reset_seconds
        return spent.allowed

    def wait(self) -> float:
        return self.reset
