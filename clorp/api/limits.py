"""How often a caller may ask: so many requests in each minute, counted where all processes count together."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from clorp.accounts import tally

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60


class PerMinute(BaseThrottle):
    """People and their keys by user, everybody else by address. Says in headers what is left."""

    def allow_request(self, request: Request, view: Any) -> bool:
        user = request.user
        name, quota = ("user", settings.API_USER_PER_MINUTE) if user.is_authenticated else self.for_strangers()
        ident = user.pk if user.is_authenticated else self.get_ident(request)
        now = time.time()
        self.reset = int(WINDOW_SECONDS - now % WINDOW_SECONDS) + 1
        count = self.count(f"api:{name}:{ident}:{int(now // WINDOW_SECONDS)}", now)
        view.headers["RateLimit-Policy"] = f'"{name}";q={quota};w={WINDOW_SECONDS}'
        view.headers["RateLimit"] = f'"{name}";r={max(0, quota - count)};t={self.reset}'
        return count <= quota

    def for_strangers(self) -> tuple[str, int]:
        return "anonymous", settings.API_ANONYMOUS_PER_MINUTE

    def count(self, key: str, now: float) -> int:
        """This request's number in its minute. A counter that is down limits nobody, lest it take the site along."""
        try:
            return tally.count(key, seconds=WINDOW_SECONDS + 5, now=datetime.fromtimestamp(now, UTC))
        except DatabaseError:  # Redis away is an empty cache already.
            log.exception("requests are not counted")
            return 1

    def wait(self) -> float:
        return self.reset
