"""How often one account may change what its owner is mailed about: enough for everybody, too little for a flood.

Each such change leaves a note that is always mailed and goes to every webhook and browser, so whoever holds a small key
could bury the one mail that matters, and have the site call somebody else's server.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db import tally
from core.errors import Refused


class TooManyChanges(Refused):
    code = "too_many_changes"
    status = 429
    message = format_lazy(
        _("You've done this {most} times within the hour, and we mail you each time."),
        most=settings.ACCOUNT_CHANGES_PER_HOUR,
    )
    next_step = _("Please wait until the hour is over. You can still revoke keys, and remove webhooks and browsers.")


def require_few_changes(*, user: User, kind: str, now: datetime) -> None:
    """Count one more change of this kind in this hour. Raises TooManyChanges."""
    counted, over_at = tally.count_in_hour(f"change:{kind}:{user.pk}", now)
    if counted > settings.ACCOUNT_CHANGES_PER_HOUR:
        raise TooManyChanges(retry_at=over_at)
