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

from clorp.accounts import tally

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Spent:
    """A request counted against its minute: whether it fits in, what to say in headers, when the minute is over."""

    allowed: bool
    headers: dict[str, str]
    reset_seconds: int


def spend(name: str, quota: int, ident: object) -> Spent:
    """Count one request of `ident`, who may have `quota` of them a minute under the policy `name`."""
    now = time.time()
    reset = int(WINDOW_SECONDS - now % WINDOW_SECONDS) + 1
    count = _count(f"api:{name}:{ident}:{int(now // WINDOW_SECONDS)}", now)
    headers = {
        "RateLimit-Policy": f'"{name}";q={quota};w={WINDOW_SECONDS}',
        "RateLimit": f'"{name}";r={max(0, quota - count)};t={reset}',
    }
    return Spent(count <= quota, headers, reset)


def spend_as_stranger(request: Any) -> Spent:
    """Count a request of somebody who is known by their address alone."""
    return spend("anonymous", settings.API_ANONYMOUS_PER_MINUTE, BaseThrottle().get_ident(request))


def _count(key: str, now: float) -> int:
    """This request's number in its minute. A counter that is down limits nobody, lest it take the site along."""
    try:
        return tally.count(key, seconds=WINDOW_SECONDS + 5, now=datetime.fromtimestamp(now, UTC))
    except DatabaseError:  # Redis away is an empty cache already.
        log.exception("requests are not counted")
        return 1


class PerMinute(BaseThrottle):
    """People and their keys by user, everybody else by address. Says in headers what is left."""

    def allow_request(self, request: Request, view: Any) -> bool:
        user = request.user
        if user.is_authenticated:
            spent = spend("user", settings.API_USER_PER_MINUTE, user.pk)
        else:
            spent = spend_as_stranger(request)
        view.headers.update(spent.headers)
        self.reset = spent.reset_seconds
        return spent.allowed

    def wait(self) -> float:
        return self.reset
