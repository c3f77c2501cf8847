"""Telling people what happened to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from clorp.accounts.models import Notification, User


def notify(users: Iterable[User], *, kind: str, text: str, href: str, now: datetime) -> None:
    """Leave the same plain-text note for each of `users`; `href` is a path on this site."""
    Notification.objects.bulk_create(
        Notification(user=user, kind=kind, text=text[:300], href=href, created_at=now) for user in users
    )


def mark_read(*, user: User, now: datetime) -> int:
    """Mark all of the user's notes as read; how many there were."""
    return Notification.objects.filter(user=user, read_at__isnull=True).update(read_at=now)
