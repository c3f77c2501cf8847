"""The site goes on while Redis does not."""

import socket

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from core import redis_away
from tests.api import Api


@pytest.fixture
def frozen(settings, monkeypatch):
    """A server that takes connections and never says a word, and is left alone for longer than a test takes."""
    monkeypatch.setattr(redis_away, "AWAY_SECONDS", 600.0)
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        server.setblocking(False)
        use_redis(settings, server.getsockname()[1])
        yield server


def use_redis(settings, port, timeout=0.1):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    settings.CACHES = {
        name: {
            "BACKEND": "core.cache.PatientRedisCache",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
            "OPTIONS": {"socket_timeout": timeout, "socket_connect_timeout": timeout},
        }
        for name in settings.CACHES
    }


def callers(server):
    """How many have connected to it."""
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


@pytest.mark.django_db
def test_pages_and_api_answer_while_redis_hangs_and_only_one_of_them_waits_for_it(client, frozen):
    user = User.objects.create_user("agent@example.com", "a good password")
    signed_in = client.post(reverse("account_login"), {"login": user.email, "password": "a good password"})
    assert signed_in.status_code == 302
    assert client.get("/me/drops").status_code == 200
    assert Api(user).get("whoami").status_code == 200
    assert callers(frozen) == 1


def test_a_redis_that_is_away_is_an_empty_cache(settings):
    use_redis(settings, port=1)
    cache.set("a", 1)
    cache.set_many({"a": 1})
    assert (cache.get("a", "none"), cache.get_many(["a"]), "a" in cache) == ("none", {}, False)
    assert (cache.add("a", 1), cache.touch("a"), cache.delete("a")) == (True, False, False)
    with pytest.raises(ValueError, match="not there"):
        cache.incr("a")


@pytest.mark.needs_redis
def test_a_redis_that_is_there_keeps_what_it_is_told(settings, redis_url):
    use_redis(settings, port=1, timeout=5)
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": redis_url}}
    cache.set("a", 1)
    assert (cache.get("a"), cache.incr("a"), cache.add("a", 5), "a" in cache) == (1, 2, False, True)
    cache.delete("a")
    assert cache.get("a") is None
