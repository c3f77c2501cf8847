"""Counting what limits: every caller gets a number of its own, however many count at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from core.db import tally
from core.models import Tally
from tests.races.crowd import at_once

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_each_key_counts_for_itself(db):
    counted = [tally.count(key, seconds=60, now=NOW) for key in ("a", "a", "b")]
    assert counted == [1, 2, 1]


def test_what_is_over_is_forgotten_when_something_new_is_counted(db):
    tally.count("old", seconds=60, now=NOW)
    tally.count("new", seconds=60, now=NOW + timedelta(seconds=61))
    assert list(Tally.objects.values_list("key", flat=True)) == ["new"]


def test_an_hour_counts_for_itself_and_says_when_it_is_over(db):
    late = NOW + timedelta(minutes=59)
    assert [tally.count_in_hour("a", now) for now in (NOW, late)] == [(1, NOW + HOUR), (2, NOW + HOUR)]
    assert tally.count_in_hour("a", NOW + HOUR) == (1, NOW + 2 * HOUR)
    assert tally.count_in_hour("a", NOW + HOUR, number=0) == (1, NOW + 2 * HOUR)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_twenty_numbers():
    counted = at_once([lambda: tally.count("a", seconds=60, now=NOW)] * 20)
    assert sorted(counted) == list(range(1, 21))


@pytest.mark.needs_redis
def test_redis_counts_alike(settings, redis_url):
    settings.REDIS_URL = redis_url
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
    assert [tally.count("tally-test", seconds=60, now=NOW) for _ in range(3)] == [1, 2, 3]


def test_no_request_waits_for_the_disk_to_be_counted(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = %s", [Tally._meta.db_table])
        assert cursor.fetchone() == ("u",)
