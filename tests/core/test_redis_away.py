"""A Redis that is away is found out once in a process, whoever asked it."""

from __future__ import annotations

import uuid

import pytest
from redis.exceptions import RedisError

from core.redis_away import ask_redis


@pytest.fixture
def url():
    """A server that nobody has asked yet."""
    return f"redis://{uuid.uuid4().hex}/0"


@pytest.mark.parametrize("error", [RedisError, ConnectionRefusedError, TimeoutError])
def test_after_one_failure_nobody_asks(error, url, caplog):
    asked = []

    def fail():
        asked.append(1)
        raise error

    assert [ask_redis(url, fail, "nothing", meanwhile="it is slower") for _ in range(3)] == ["nothing"] * 3
    assert (len(asked), caplog.text.count("Redis is away")) == (1, 1)


def test_a_fault_of_ours_is_no_absence(url):
    with pytest.raises(ZeroDivisionError):
        ask_redis(url, lambda: 1 // 0, 0, meanwhile="it is slower")
    assert ask_redis(url, lambda: 1, 0, meanwhile="it is slower") == 1
