"""Who looks at a page."""

from __future__ import annotations

import copy

from django.http import HttpRequest

from accounts.models import User


def as_player(viewer: User | None) -> User | None:
    """The viewer without staff rights: what staff read of sealed work, they read by a verb, on record."""
    if viewer is None or not viewer.moderates:
        return viewer
    player = copy.copy(viewer)
    player.rights_withheld = True
    return player


def viewer_of(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def member_of(request: HttpRequest) -> User:
    """The viewer of a page that asks for a login."""
    assert isinstance(request.user, User)
    return request.user
