"""The hints of a first drop and of a first seat: shown until their reader closes them, and never again."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Refused

# By the name of each, the column that says when it was closed.
TOURS = {"sender": "sender_tour_closed_at", "agent": "agent_tour_closed_at"}


class NoSuchTour(Refused):
    code = "no_such_tour"
    status = 404
    message = _("There are no such hints.")  # type: ignore[assignment]


def close_tour(*, user: User, tour: str, now: datetime) -> None:
    """Show the user none of these hints any more. Raises NoSuchTour."""
    if tour not in TOURS:
        raise NoSuchTour
    User.objects.filter(pk=user.pk, **{f"{TOURS[tour]}__isnull": True}).update(**{TOURS[tour]: now})
