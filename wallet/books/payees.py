"""Sums that each payee has won and was sent in a calendar year (UTC), for whoever writes the year's tax reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Sum

from accounts.models import User
from wallet.models import PaymentProfile, Transfer

# Which kind of transfer counts as which total, and on which side its payee is.
SIDES = {
    "payout": ("prizes_cents", "credit"),
    "payout_returned": ("prizes_returned_cents", "debit"),
    "withdrawal_sent": ("withdrawn_cents", "debit"),
    "withdrawal_reversed": ("withdrawn_back_cents", "credit"),
}


@dataclass(frozen=True)
class PayeeYear:
    """One payee's year, in cents: prizes, those that were taken back, what was sent to Stripe, and what came back."""

    user: User
    stripe_account: str
    prizes_cents: int
    prizes_returned_cents: int
    withdrawn_cents: int
    withdrawn_back_cents: int


def payees_of(year: int) -> Iterator[PayeeYear]:
    """Yield everybody who won a prize or was sent money in the year, by address."""
    totals = _totals(year)
    accounts = dict(PaymentProfile.objects.filter(user__in=totals).values_list("user", "stripe_account_id"))
    for user in User.objects.filter(pk__in=totals).order_by("email", "pk"):
        sums = {name: totals[user.pk].get(name, 0) for name, _ in SIDES.values()}
        yield PayeeYear(user=user, stripe_account=accounts.get(user.pk) or "", **sums)


def _totals(year: int) -> dict[UUID, dict[str, int]]:
    first, after = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    totals: dict[UUID, dict[str, int]] = defaultdict(dict)
    for kind, (name, side) in SIDES.items():
        moved = Transfer.objects.filter(kind=kind, event_at__gte=first, event_at__lt=after).order_by()
        sums = moved.exclude(**{f"{side}__user": None}).values(f"{side}__user").annotate(cents=Sum("amount"))
        for user, cents in sums.values_list(f"{side}__user", "cents"):
            totals[user][name] = int(cents)
    return totals
