"""Prizes whose verdict somebody contests: the rooms above know which; the wallet holds them until that is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from accounts.models import User

# Given by the rooms that know: until when the prizes of somebody are held at the latest, by what they were for.
Source = Callable[[User, datetime], Mapping[str, datetime]]

_sources: list[Source] = []


def register(source: Source) -> None:
    """Let `source(user, now)` name the contested prizes that `user` has won; adding it again changes nothing."""
    if source not in _sources:
        _sources.append(source)


def contested_prizes(user: User, now: datetime) -> dict[str, datetime]:
    """Return until when each contested prize of `user` is held at the latest, by what it was for."""
    return {reference: until for source in _sources for reference, until in source(user, now).items()}
