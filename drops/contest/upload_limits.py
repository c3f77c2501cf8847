"""How many uploads of an account may be looked at and refused: reading what nobody can read costs more than a page."""

from __future__ import annotations

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db import tally
from core.errors import Refused

REFUSED_MAX = 30


class TooManyRefusedUploads(Refused):
    code = "too_many_refused_uploads"
    status = 429
    message = format_lazy(_("We had to refuse {most} of your files within the hour."), most=REFUSED_MAX)
    next_step = _("Check what was wrong with them, and try again once the hour is over.")


def require_few_refused(owner: User, now: datetime) -> None:
    """Raise TooManyRefusedUploads where no more may be looked at in this hour."""
    counted, over_at = tally.count_in_hour(_key(owner), now, number=0)
    if counted >= REFUSED_MAX:
        raise TooManyRefusedUploads(retry_at=over_at)


def count_refused(owner: User, number: int, now: datetime) -> None:
    """Count uploads that were looked at and refused."""
    tally.count_in_hour(_key(owner), now, number=number)


def _key(owner: User) -> str:
    return f"refused-uploads:{owner.pk}"
