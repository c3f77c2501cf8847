"""clorp's departures from allauth's defaults."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.models import User
from accounts.notifications.notify import notify
from core import clock
from core.addresses import visible_address

WARNING = "If that was not you, set a new password under Account and end all other sessions."
# By allauth's name for it: our kind, and what it is in a sentence.
CHANGES = {
    "account/email/password_set": ("password-changed", "Your account has a password now."),
    "account/email/password_changed": ("password-changed", "Your password was changed."),
    "account/email/password_reset": ("password-changed", "Your password was reset."),
    "account/email/email_changed": ("email-changed", "Your account's address is now {to_email}."),
    "account/email/email_deleted": ("email-changed", "The address {deleted_email} was removed from your account."),
    "mfa/email/totp_activated": ("factor-changed", "An authenticator app was added to your account."),
    "mfa/email/totp_deactivated": ("factor-changed", "The authenticator app was removed from your account."),
    "mfa/email/webauthn_added": ("factor-changed", "A passkey or security key was added to your account."),
    "mfa/email/webauthn_removed": ("factor-changed", "A passkey or security key was removed from your account."),
    "mfa/email/recovery_codes_generated": ("factor-changed", "New recovery codes were made; the old ones are void."),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_taken": "There is an account with this address. Sign in with it, or set a new password.",
    }

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """There is no user name: people log in by email."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Keep how the address was written beside what is compared."""
        user.email_as_written = visible_address(form.data.get("email", ""))
        super().save_user(request, user, form, commit)
        return user

    def render_mail(self, template_prefix: str, email: Any, context: dict[str, Any], headers: Any = None) -> Any:
        """allauth's mails are text alone; the second part shows the same text in the look of all our mails."""
        mail = super().render_mail(template_prefix, email, context, headers)
        about = {"subject": mail.subject, "text": mail.body, "site": settings.SITE_URL}
        mail.attach_alternative(render_to_string("mail/account.html", about), "text/html")
        return mail

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell whoever owns the account by our own ways, which always include a mail and never hold up the page."""
        kind, sentence = CHANGES.get(template_prefix, ("account-changed", "How you sign in was changed."))
        text = f"{sentence.format(**(context or {}))} {WARNING}"
        notify([user], kind=kind, text=text, href="/me", now=clock.now())
        if email and email != user.email:
            # It may be the owner who reads at the old address, and a thief at the new one.
            super().send_notification_mail(template_prefix, user, context, email)
