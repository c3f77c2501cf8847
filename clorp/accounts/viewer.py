"""Who looks at a page."""

from __future__ import annotations

from django.http import HttpRequest

from clorp.accounts.models import User


def viewer_of(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def member_of(request: HttpRequest) -> User:
    """The viewer of a page that asks for a login."""
    assert isinstance(request.user, User)
    return request.user
