"""Counting what limits: in Redis where there is one, else in one statement on a table without a write-ahead log.

Django's database cache would do, with nine statements for each request and two that count one as the same number.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache as redis
from django.db import connection

from core.db.prepared import fetch

_COUNT = """
    INSERT INTO accounts_tally AS t (key, count, until) VALUES (%(tally_key)s, 1, %(tally_until)s)
    ON CONFLICT (key) DO UPDATE SET count = t.count + 1 RETURNING count
"""
_FORGET = "DELETE FROM accounts_tally WHERE until < %s"


def count(key: str, *, seconds: int, now: datetime) -> int:
    """Add one to `key` and return what it stands at; it may be forgotten after `seconds`."""
    if settings.REDIS_URL:
        return _in_redis(key, seconds)
    ((counted,),) = fetch(_COUNT, _row(key, seconds, now))
    return _tidied(counted, now)


def _row(key: str, seconds: int, now: datetime) -> dict[str, Any]:
    return {"tally_key": key[:200], "tally_until": now + timedelta(seconds=seconds)}


def _tidied(counted: int, now: datetime) -> int:
    """The count; the first of a minute forgets what has had its time."""
    if counted == 1:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [now])
    return counted


def _in_redis(key: str, seconds: int) -> int:
    if redis.add(key, 1, seconds):
        return 1
    try:
        return int(redis.incr(key))
    except ValueError:  # It ran out between the two.
        return 1
