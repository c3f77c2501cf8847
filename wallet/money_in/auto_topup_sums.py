"""The two sums of automatic top-ups: how much is added, and below which balance."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.words import Words
from wallet.money import format_cents
from wallet.money_in.topups import amount_fault

NOTHING_TO_ADD = _("Enter an amount above zero.")
NEGATIVE = _("Enter a balance of zero or more.")


def require_sums(amount_cents: int | None, threshold_cents: int | None) -> None:
    """Raise Invalid where automatic top-ups can't be turned on with these sums, or one of them is missing."""
    if amount_cents is None or threshold_cents is None:
        raise Invalid({"amount_cents": _("Say how much to add, and below which balance.")})
    if faults := faults_in_sums(amount_cents, threshold_cents):
        raise Invalid(faults)


def faults_in_sums(amount_cents: int | None, threshold_cents: int | None) -> dict[str, Words]:
    """Return why automatic top-ups can't be turned on with these sums, by field; of None nothing is said."""
    faults: dict[str, Words] = {}
    if threshold_cents is not None and threshold_cents < 0:
        faults["threshold_cents"] = NEGATIVE
    if amount_cents is not None and (fault := _amount_fault(amount_cents, threshold_cents or 0)):
        faults["amount_cents"] = fault
    return faults


def _amount_fault(amount_cents: int, threshold_cents: int) -> Words | None:
    if amount_cents <= 0:
        return NOTHING_TO_ADD
    if fault := amount_fault(amount_cents):
        return fault
    if amount_cents <= threshold_cents:
        return _("The sum to add must be more than the balance below which it is added.")
    if amount_cents > settings.AUTO_TOPUP_MONTH_CENTS_MAX:
        most = format_cents(settings.AUTO_TOPUP_MONTH_CENTS_MAX)
        return _("Automatic top-ups add at most {most} a month.").format(most=most)
    return None


def require_not_negative(amount_cents: int | None, threshold_cents: int | None) -> None:
    """Raise Invalid for sums that could not even be kept for later."""
    faults = {}
    if amount_cents is not None and amount_cents <= 0:
        faults["amount_cents"] = NOTHING_TO_ADD
    if threshold_cents is not None and threshold_cents < 0:
        faults["threshold_cents"] = NEGATIVE
    if faults:
        raise Invalid(faults)
