"""Template context of the header: the person who is signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Notification

# Beyond this the header says "99+", and the count stays cheap however much waits.
COUNTED_MAX = 100


def unread(request: HttpRequest) -> dict[str, Any]:
    """How many notes wait; asked of the database only where a template shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_count": 0}
    waiting = Notification.objects.filter(user=user, read_at__isnull=True)
    return {"unread_count": SimpleLazyObject(waiting[:COUNTED_MAX].count)}
