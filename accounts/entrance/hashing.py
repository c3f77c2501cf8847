"""Passwords are hashed slowly, so few at once: whoever sends many must not hold every thread of a process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.live.threads import THREADS_MAX

# Two threads stay for all else that the site is asked.
AT_ONCE = max(1, THREADS_MAX - 2)
# Whoever waits holds a thread too.
WAIT_SECONDS_MAX = 0.2
_places = BoundedSemaphore(AT_ONCE)


class TooManySignIns(Refused):
    code = "too_many_sign_ins"
    status = 503
    message = _("Many people are signing in at this moment.")
    next_step = _("Wait a few seconds, then send it again.")
    headers: Mapping[str, str] = {"Retry-After": "3"}


@contextmanager
def place() -> Iterator[None]:
    """Raise TooManySignIns where no place gets free in time."""
    if not _places.acquire(timeout=WAIT_SECONDS_MAX):
        raise TooManySignIns
    try:
        yield
    finally:
        _places.release()


class FewAtOnceHasher(PBKDF2PasswordHasher):
    """Django's own, by the same name and to the same hashes, at most so many times at once in a process."""

    def encode(self, *args: Any, **kwargs: Any) -> str:
        with place():
            return super().encode(*args, **kwargs)
