"""Counting what limits: in Redis where there is one, else in one statement on a table without a write-ahead log.

Django's database cache would do, with nine statements for each request and two that count one as the same number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache as redis
from django.db import connection

from core.db.prepared import fetch

# In the order of their keys, or two processes that count the same ones could wait for each other.
_COUNT = """
    INSERT INTO core_tally AS t (key, count, until)
    SELECT key, number, %(until)s FROM unnest(%(keys)s::text[], %(numbers)s::int[]) new (key, number) ORDER BY key
    ON CONFLICT (key) DO UPDATE SET count = t.count + excluded.count RETURNING key, count
"""
_FORGET = "DELETE FROM core_tally WHERE until < %s"
KEY_CHARS_MAX = 200
HOUR_SECONDS = 3_600


def count(key: str, *, seconds: int, now: datetime) -> int:
    """Add one to `key` and return what it stands at; it may be forgotten after `seconds`."""
    key = key[:KEY_CHARS_MAX]
    return count_all({key: 1}, seconds=seconds, now=now)[key]


def count_in_hour(key: str, now: datetime, *, number: int = 1) -> tuple[int, datetime]:
    """Add to `key` for this hour; return what it stands at, and when the hour is over."""
    hour, into = divmod(int(now.timestamp()), HOUR_SECONDS)
    key = f"{key}:{hour}"[:KEY_CHARS_MAX]
    counted = count_all({key: number}, seconds=HOUR_SECONDS, now=now)[key]
    return counted, now + timedelta(seconds=HOUR_SECONDS - into)


def count_all(numbers: Mapping[str, int], *, seconds: int, now: datetime) -> dict[str, int]:
    """Add its number to each key, of at most `KEY_CHARS_MAX` characters, and return what they stand at; they may be
    forgotten after `seconds`."""
    if settings.REDIS_URL:
        return {key: _in_redis(key, number, seconds) for key, number in numbers.items()}
    until = now + timedelta(seconds=seconds)
    counted: dict[str, int] = dict(
        fetch(_COUNT, {"keys": list(numbers), "numbers": list(numbers.values()), "until": until})
    )
    if any(counted[key] == number for key, number in numbers.items()):
        # The first of a minute forgets what has had its time.
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [now])
    return counted


def _in_redis(key: str, number: int, seconds: int) -> int:
    if redis.add(key, number, seconds):
        return number
    try:
        return int(redis.incr(key, number))
    except ValueError:  # It ran out between the two.
        return number
