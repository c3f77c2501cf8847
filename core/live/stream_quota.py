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


class Place:
    """One open stream of somebody's; given back once."""

    def __init__(self, quota: StreamQuota, owner: str) -> None:
        self.quota, self.owner = quota, owner
        self.is_held = True

    def give_back(self) -> None:
        self.quota.take_back(self)


class StreamQuota:
    """The places of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def take_place(self, request: HttpRequest, user: AbstractBaseUser | None) -> Place | None:
        """Return a place for one more stream; None where its owner, or the process, has as many as there may be."""
        owner, most = (
            (f"user:{user.pk}", settings.LIVE_STREAMS_PER_USER_MAX)
            if user is not None
            else (f"address:{address_of(request)}", settings.LIVE_STREAMS_PER_ADDRESS_MAX)
        )
        with self._lock:
            if self._taken[owner] >= most or self._taken.total() >= settings.LIVE_STREAMS_MAX:
                return None
            self._taken[owner] += 1
        return Place(self, owner)

    def take_back(self, place: Place) -> None:
        """Free the place, unless it was given back before."""
        with self._lock:
            if place.is_held:
                place.is_held = False
                self._taken[place.owner] -= 1
                if not self._taken[place.owner]:
                    del self._taken[place.owner]

    def taken(self) -> int:
        """Return how many streams are open in this process."""
        return self._taken.total()
