"""Put the starting play money into a new user's wallet."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_signed_up
from django.dispatch import receiver

from accounts.models import User
from core import clock
from wallet.money_in.play_money import welcome


@receiver(user_signed_up, dispatch_uid="wallet.welcome")
def welcome_signed_up(user: User, **_: Any) -> None:
    welcome(user, clock.now())
