"""Tell owners of what allauth only signals."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.signals import email_added, password_changed, password_reset, password_set, user_logged_in
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notifications.notify import notify
from accounts.push.subscriptions import IN_SESSION, forget_browser_of_session, forget_other_browsers
from core import clock
from core.text import apart

ADDED = _(
    "The address {address} was added to your account. If that was not you, remove it, set a new password and end all "
    "other sessions."
)


@receiver(user_logged_in, dispatch_uid="accounts.count_sign_up_as_login")
def count_sign_up_as_login(request: HttpRequest, user: User, **_rest: Any) -> None:
    """Count the moment somebody signed up as a login of theirs; allauth records every other way in by itself."""
    if not get_authentication_records(request, user):
        record_authentication(request, user, "signup")


@receiver(email_added, dispatch_uid="accounts.tell_of_added_address")
def tell_of_added_address(user: User, email_address: EmailAddress, **_rest: Any) -> None:
    text = format_lazy(ADDED, address=apart(email_address.email))
    notify([user], kind="email-changed", text=text, href="/me", now=clock.now())


@receiver(user_logged_out, dispatch_uid="accounts.forget_browser")
def forget_browser(request: HttpRequest, user: User | None, **_rest: Any) -> None:
    """Whoever signs out leaves no browser behind that goes on showing what they are told."""
    if user is not None:
        forget_browser_of_session(user=user, session_key=request.session.session_key or "")


@receiver(post_delete, sender=UserSession, dispatch_uid="accounts.forget_browser_of_ended_session")
def forget_browser_of_ended_session(instance: UserSession, **_rest: Any) -> None:
    """A session that is ended from the list, or is found to have ended."""
    forget_browser_of_session(user=instance.user, session_key=instance.session_key)


@receiver([password_changed, password_set, password_reset], dispatch_uid="accounts.forget_other_browsers")
def forget_browsers_of_old_password(request: HttpRequest, user: User, **_rest: Any) -> None:
    """A new password ends all sessions but the one in which it is set, and that one gets a new key."""
    session = request.session
    forget_other_browsers(user=user, kept=session.get(IN_SESSION, ""), session_key=session.session_key or "")
