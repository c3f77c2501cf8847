"""Template context of the header: the person who is signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Notification
from core.db.compiled import Compiled

# Beyond this the header says "99+", and the count stays cheap however much waits.
COUNTED_MAX = 100
WAITING = Compiled(
    lambda user_id: Notification.objects.filter(user=user_id, read_at__isnull=True).values_list("pk")[:COUNTED_MAX],
    user_id=UUID,
)


def unread(request: HttpRequest) -> dict[str, Any]:
    """How many notes wait; asked of the database only where a template shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_count": 0}
    return {"unread_count": SimpleLazyObject(lambda: len(WAITING.rows(user_id=user.pk)))}
