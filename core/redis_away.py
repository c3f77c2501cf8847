"""Leaving a Redis alone that is away: it makes things quicker and limits them, and must never take the site along."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from redis.exceptions import RedisError

log = logging.getLogger(__name__)

# A frozen server costs each call its whole timeout, so after one failure nobody asks for a while.
AWAY_SECONDS = 5.0
# Until when a server (by its address) is left alone; of the process, whichever thread and client found it away.
_away_until: dict[str, float] = {}

Answer = TypeVar("Answer")


def ask_redis(url: str, ask: Callable[[], Answer], otherwise: Answer, *, meanwhile: str) -> Answer:
    """Return what the server at `url` answers, or `otherwise` while it is away; `meanwhile` tells the log what that
    means."""
    if time.monotonic() < _away_until.get(url, 0.0):
        return otherwise
    try:
        return ask()
    except (RedisError, OSError) as error:
        _away_until[url] = time.monotonic() + AWAY_SECONDS
        log.error(
            "Redis is away (%s); for %.0f s nobody asks it, and %s.", type(error).__name__, AWAY_SECONDS, meanwhile
        )
        return otherwise
