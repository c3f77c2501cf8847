"""How much can be withdrawn at once, whoever it is and whatever they have."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from wallet.money import format_cents


def amount_fault(amount_cents: int) -> str | None:
    """Return why so little can't be withdrawn; None if it can."""
    least = settings.WITHDRAWAL_CENTS_MIN
    fault = _("You can withdraw {least} or more.").format(least=format_cents(least))
    return fault if amount_cents < least else None
