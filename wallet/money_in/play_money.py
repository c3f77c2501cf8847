"""Play money: what a new user starts with, where the site runs on it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from accounts.models import User
from wallet.books import ledger
from wallet.models import Transfer


def welcome(user: User, now: datetime) -> None:
    """Grant a new user their play money, where the site runs on it; once, however often it is called."""
    # Asked first, because the sum is a setting: after a change an old user's grant is still their grant.
    if settings.PLAY_MONEY and not Transfer.objects.filter(reason=f"topup:play_{user.pk}").exists():
        ledger.grant_play_money(user=user, amount_cents=settings.PLAY_MONEY_CENTS, token=str(user.pk), now=now)
