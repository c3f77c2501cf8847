"""Counting what limits: in Redis where there is one, else in one statement on a table without a write-ahead log.

Django's database cache would do, with nine statements for each request and two that count one as the same number.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection

from clorp.prepared import fetch

_COUNT = """
    INSERT INTO accounts_tally AS t (key, count, until) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET count = t.count + 1 RETURNING count
"""
_FORGET = "DELETE FROM accounts_tally WHERE until < %s"


def count(key: str, *, seconds: int, now: datetime) -> int:
    """Add one to `key` and return what it stands at; it may be forgotten after `seconds`."""
    return _in_redis(key, seconds) if settings.REDIS_URL else _in_database(key, seconds, now)


def _in_redis(key: str, seconds: int) -> int:
    if cache.add(key, 1, seconds):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # It ran out between the two.
        return 1


def _in_database(key: str, seconds: int, now: datetime) -> int:
    ((counted,),) = fetch(_COUNT, [key[:200], now + timedelta(seconds=seconds)])
    if counted == 1:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [now])
    return int(counted)
