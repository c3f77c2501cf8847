"""Redis as a cache that may be away: it makes things quicker and limits them, and must never take the site along."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

# A frozen server costs each call its whole timeout, so after one failure nobody asks for a while.
AWAY_SECONDS = 5.0
# Until when a server (by its address) is left alone; of the process, since each thread has a cache of its own.
_away_until: dict[str, float] = {}


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
        server = str(self._servers)  # type: ignore[attr-defined]  # the stubs leave it out
        if time.monotonic() < _away_until.get(server, 0.0):
            return otherwise
        try:
            return call()
        except (RedisError, OSError) as error:
            _away_until[server] = time.monotonic() + AWAY_SECONDS
            log.error("Redis is away (%s); for %.0f s nobody asks it.", type(error).__name__, AWAY_SECONDS)
            return otherwise


class PatientRedisCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = PatientClient
