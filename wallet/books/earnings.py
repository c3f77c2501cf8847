"""Earned or topped up: what of a wallet can go to a bank, and what still has to wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Sum

from accounts.models import User
from wallet.models import Account, Transfer


@dataclass(frozen=True)
class Earnings:
    """A wallet in cents. What was topped up is for drops or for its card; prizes go to a bank once they are old."""

    balance_cents: int
    card_cents: int
    held_cents: int

    @property
    def earned_cents(self) -> int:
        return self.balance_cents - self.card_cents

    @property
    def withdrawable_cents(self) -> int:
        return self.earned_cents - self.held_cents


def earnings_of(user: User, now: datetime) -> Earnings:
    """Return how the user's wallet is made up. A young prize may have been spent, and then it is not held any more."""
    row = Account.objects.filter(kind=Account.Kind.WALLET, user=user).values_list("balance", "card_cents").first()
    balance, card = row or (0, 0)
    return Earnings(balance, card, min(balance - card, young_cents(user, now)))


def young_cents(user: User, now: datetime) -> int:
    """Return the sum of the prizes that are too young to be withdrawn, spent or not."""
    since = now - timedelta(seconds=settings.PRIZE_HOLD_SECONDS)
    young = Transfer.objects.filter(
        kind="payout", credit__kind=Account.Kind.WALLET, credit__user=user, created_at__gt=since
    ).aggregate(cents=Sum("amount"))
    return int(young["cents"] or 0)
