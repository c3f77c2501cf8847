"""How many streams one person, or one address, may keep open here.

Counted in this process's memory on purpose: what a stream costs is this process's memory, and a count that is shared
would have to survive those who count.
"""

from __future__ import annotations

import threading
from collections import Counter

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from core.http import address_of

_lock = threading.Lock()
_taken: Counter[str] = Counter()


class Place:
    """One open stream of somebody's; given back once."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.is_held = True

    def give_back(self) -> None:
        with _lock:
            if self.is_held:
                self.is_held = False
                _taken[self.owner] -= 1
                if not _taken[self.owner]:
                    del _taken[self.owner]


def take_place(request: HttpRequest, user: AbstractBaseUser | None) -> Place | None:
    """A place for one more stream; None where its owner, or the process, has as many as there may be."""
    owner, most = (
        (f"user:{user.pk}", settings.LIVE_STREAMS_PER_USER_MAX)
        if user is not None
        else (f"address:{address_of(request)}", settings.LIVE_STREAMS_PER_ADDRESS_MAX)
    )
    with _lock:
        if _taken[owner] >= most or _taken.total() >= settings.LIVE_STREAMS_MAX:
            return None
        _taken[owner] += 1
    return Place(owner)


def taken() -> int:
    """How many streams are open in this process."""
    return _taken.total()
