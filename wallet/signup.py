"""Put the starting play money into a new user's wallet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.signals import user_signed_up
from django.conf import settings
from django.dispatch import receiver

from accounts.models import User
from core import clock
from wallet.books import ledger
from wallet.models import Transfer


def welcome(user: User, now: datetime) -> None:
    """Grant a new user their play money, where the site runs on it; once, however often it is called."""
    # Asked first, because the sum is a setting: after a change an old user's grant is still their grant.
    if settings.PLAY_MONEY and not Transfer.objects.filter(reason=f"topup:play_{user.pk}").exists():
        ledger.grant_play_money(user=user, amount_cents=settings.PLAY_MONEY_CENTS, token=str(user.pk), now=now)


@receiver(user_signed_up, dispatch_uid="wallet.welcome")
def welcome_signed_up(user: User, **_: Any) -> None:
    welcome(user, clock.now())
