"""Redis as a cache that may be away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from core.redis_away import ask_redis


class PatientClient(RedisCacheClient):
    """A client that behaves, while Redis is away, as an empty cache that forgets everything it is told."""

    def get(self, key: Any, default: Any) -> Any:
        return self.ask(lambda: super(PatientClient, self).get(key, default), default)

    def get_many(self, keys: Any) -> Any:
        return self.ask(lambda: super(PatientClient, self).get_many(keys), {})

    def has_key(self, key: Any) -> Any:
        return self.ask(lambda: super(PatientClient, self).has_key(key), False)

    def add(self, key: Any, value: Any, timeout: Any) -> Any:
        return self.ask(lambda: super(PatientClient, self).add(key, value, timeout), True)

    def set(self, key: Any, value: Any, timeout: Any) -> Any:
        return self.ask(lambda: super(PatientClient, self).set(key, value, timeout), None)

    def set_many(self, data: Any, timeout: Any) -> Any:
        return self.ask(lambda: super(PatientClient, self).set_many(data, timeout), None)

    def touch(self, key: Any, timeout: Any) -> Any:
        return self.ask(lambda: super(PatientClient, self).touch(key, timeout), False)

    def delete(self, key: Any) -> Any:
        return self.ask(lambda: super(PatientClient, self).delete(key), False)

    def delete_many(self, keys: Any) -> Any:
        return self.ask(lambda: super(PatientClient, self).delete_many(keys), None)

    def incr(self, key: Any, delta: Any) -> Any:
        count = self.ask(lambda: super(PatientClient, self).incr(key, delta), None)
        if count is None:
            raise ValueError(f"The key {key!r} is not there.")
        return count

    def ask(self, call: Callable[[], Any], otherwise: Any) -> Any:
        url: str = self._servers[0]  # type: ignore[attr-defined]  # the stubs leave it out
        return ask_redis(url, call, otherwise, meanwhile="the cache is empty")


class PatientRedisCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = PatientClient
