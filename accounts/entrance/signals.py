"""Tell owners of what allauth only signals."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_added
from django.dispatch import receiver

from accounts.models import User
from accounts.notifications.notify import notify
from core import clock


@receiver(email_added, dispatch_uid="accounts.tell_of_added_address")
def tell_of_added_address(user: User, email_address: EmailAddress, **_: Any) -> None:
    text = f"The address {email_address.email} was added to your account. If that was not you, remove it, set a new "
    notify(
        [user], kind="email-changed", text=f"{text}password and end all other sessions.", href="/me", now=clock.now()
    )
