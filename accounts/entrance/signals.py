"""Tell owners of what allauth only signals."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.signals import email_added, user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from accounts.notifications.notify import notify
from core import clock


@receiver(user_logged_in, dispatch_uid="accounts.count_sign_up_as_login")
def count_sign_up_as_login(request: HttpRequest, user: User, **_: Any) -> None:
    """Count the moment somebody signed up as a login of theirs; allauth records every other way in by itself."""
    if not get_authentication_records(request, user):
        record_authentication(request, user, "signup")


@receiver(email_added, dispatch_uid="accounts.tell_of_added_address")
def tell_of_added_address(user: User, email_address: EmailAddress, **_: Any) -> None:
    text = f"The address {email_address.email} was added to your account. If that was not you, remove it, set a new "
    notify(
        [user], kind="email-changed", text=f"{text}password and end all other sessions.", href="/me", now=clock.now()
    )
