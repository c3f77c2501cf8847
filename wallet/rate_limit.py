"""How often one user may have a page of Stripe's made: enough for everybody, too little for trying stolen cards."""

from __future__ import annotations

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.db import tally
from core.errors import Refused

PAGES_MAX = 20


class TooManyPages(Refused):
    code = "too_many_payment_pages"
    status = 429
    message = format_lazy(_("You opened {most} payment pages within an hour."), most=PAGES_MAX)
    next_step = _("Wait until the hour is over.")


def require_within_rate_limit(user: User, now: datetime) -> None:
    """Count one more page in this hour. Raises TooManyPages."""
    counted, over_at = tally.count_in_hour(f"stripe-pages:{user.pk}", now)
    if counted > PAGES_MAX:
        raise TooManyPages(retry_at=over_at)
