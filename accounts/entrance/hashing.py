"""Passwords are hashed slowly, so few at once: whoever sends many must not hold every thread of a process."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from threading import BoundedSemaphore
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.live.threads import THREADS_MAX, place_among

# Two threads stay for all else, and for whoever waits a moment for a place.
AT_ONCE = max(1, THREADS_MAX - 2)
WAIT_SECONDS_MAX = 0.2
_places = BoundedSemaphore(AT_ONCE)


class TooManySignIns(Refused):
    code = "too_many_sign_ins"
    status = 503
    message = _("Many people are signing in at this moment.")
    next_step = _("Wait a few seconds, then send it again.")
    headers: Mapping[str, str] = {"Retry-After": "3"}


def place() -> AbstractContextManager[None]:
    """Return what holds a place while it is open; opening it raises TooManySignIns where none gets free in time."""
    return place_among(_places, refusal=TooManySignIns, wait_seconds=WAIT_SECONDS_MAX)


class FewAtOnceHasher(PBKDF2PasswordHasher):
    """Django's own, by the same name and to the same hashes, at most so many times at once in a process."""

    def encode(self, *args: Any, **kwargs: Any) -> str:
        with place():
            return super().encode(*args, **kwargs)
