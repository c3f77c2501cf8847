"""Put the starting play money into a new user's wallet: once their address is confirmed, where there is mail."""

from __future__ import annotations

from typing import Any, cast

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_signed_up
from django.dispatch import receiver

from accounts.models import User
from core import clock
from wallet.money_in.play_money import welcome


@receiver(user_signed_up, dispatch_uid="wallet.welcome")
def welcome_signed_up(user: User, **_: Any) -> None:
    """Where addresses have to be confirmed, signing up alone brings nothing: made-up ones would fill the house."""
    if app_settings.EMAIL_VERIFICATION != app_settings.EmailVerificationMethod.MANDATORY:
        welcome(user, clock.now())


@receiver(email_confirmed, dispatch_uid="wallet.welcome_confirmed")
def welcome_confirmed(email_address: EmailAddress, **_: Any) -> None:
    welcome(cast(User, email_address.user), clock.now())
