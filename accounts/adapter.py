"""clorp's departures from allauth's defaults."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.utils import filter_users_by_email
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext_lazy, ngettext_lazy
from django.utils.translation import gettext as _

from accounts.entrance.devices import known_device, require_guesses_left
from accounts.fresh_login import is_fresh
from accounts.models import ApiKey, User
from accounts.models.passwords import spellings
from accounts.notifications.notify import notify
from core import clock
from core.addresses import visible_address
from core.languages import supported
from core.switches import Part, require_going
from core.words import Words, sentences

WARNING = gettext_lazy("If that was not you, set a new password under Settings and end all other sessions.")
# By allauth's name for it: our kind, and what it is in a sentence.
CHANGES = {
    "account/email/password_set": ("password-changed", gettext_lazy("Your account has a password now.")),
    "account/email/password_changed": ("password-changed", gettext_lazy("Your password was changed.")),
    "account/email/password_reset": ("password-changed", gettext_lazy("Your password was reset.")),
    "account/email/email_changed": ("email-changed", gettext_lazy("Your account's address is now {to_email}.")),
    "account/email/email_deleted": (
        "email-changed",
        gettext_lazy("The address {deleted_email} was removed from your account."),
    ),
    "mfa/email/totp_activated": ("factor-changed", gettext_lazy("An authenticator app was added to your account.")),
    "mfa/email/totp_deactivated": (
        "factor-changed",
        gettext_lazy("The authenticator app was removed from your account."),
    ),
    "mfa/email/webauthn_added": (
        "factor-changed",
        gettext_lazy("A passkey or security key was added to your account."),
    ),
    "mfa/email/webauthn_removed": (
        "factor-changed",
        gettext_lazy("A passkey or security key was removed from your account."),
    ),
    "mfa/email/recovery_codes_generated": (
        "factor-changed",
        gettext_lazy("New recovery codes were made; the old ones are void."),
    ),
}


def _keys_left(number: int) -> Words:
    return ngettext_lazy(
        "{number} API key still opens it: revoke what you don't use.",
        "{number} API keys still open it: revoke what you don't use.",
        number,
    )


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_taken": gettext_lazy("There's already an account with this address. Sign in, or set a new password."),
        "email_password_mismatch": gettext_lazy("That email and password don't match. Check both."),
        # None of these limits lasts longer (clorp/settings/people.py, and allauth's own).
        "too_many_login_attempts": gettext_lazy("Too many tries in a row. Wait five minutes, then try again."),
    }

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """There is no user name: people log in by email."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Raise Paused while staff have paused signing up: its page says why and until when."""
        require_going(Part.SIGNUPS, clock.now())
        return True

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Keep how the address was written beside what is compared, and in which language somebody came."""
        require_going(Part.SIGNUPS, clock.now())
        user.email_as_written = visible_address(form.data.get("email", ""))
        # What they sign up in is what we write to them in.
        user.language = supported(get_language() or "")
        super().save_user(request, user, form, commit)
        return user

    def is_safe_url(self, url: str | None) -> bool:
        """Whether to go on there after a login. Not where nobody can read an address in it, such as in `http://[`."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count this guess at a password: by device where the account has signed in before, else as allauth does."""
        device = known_device(request, credentials.get("email", ""))
        if device is None:
            super().pre_authenticate(request, **credentials)
        else:
            # A right password takes none of them: allauth's `authenticate` gives this one back.
            self._login_failed_rl_usage = require_guesses_left(request, device)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Hash as often as for an address that has an account: allauth does it once, whatever was typed."""
        if not filter_users_by_email(credentials.get("email", "")):
            for spelling in spellings(credentials.get("password", ""))[1:]:
                make_password(spelling)

    def clean_password(self, password: str, user: Any = None) -> str:
        """Return a new password in the form that is kept, which is also what its length is counted of."""
        cleaned: str = super().clean_password(spellings(password)[0], user)
        return cleaned

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for a fresh login, of any kind, before all that allauth calls sensitive."""
        if is_fresh(self.request):
            return False
        if not get_reauthentication_flows(self.request.user):
            # allauth would let pass whom it knows no way to ask; we send them a code.
            raise ReauthenticationRequired
        return True

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        by_code = {"id": "confirm_by_code", "description": _("Get a code by mail"), "url": reverse("confirm_by_code")}
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return methods if methods or not user.is_authenticated else [by_code]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """On to the keys, where there are any: a new password does not end them. Else back to the settings."""
        has_keys = ApiKey.objects.filter(user=request.user.pk).exists()
        return f"{reverse('keys')}?after=password" if has_keys else reverse("ways_in")

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
        kind, sentence = CHANGES.get(template_prefix, ("account-changed", gettext_lazy("How you sign in was changed.")))
        text, href = sentences(format_lazy(sentence, **(context or {})), WARNING), "/me"
        if kind == "password-changed" and (number := ApiKey.objects.filter(user=user).count()):
            text, href = sentences(text, format_lazy(_keys_left(number), number=number)), reverse("keys")
        notify([user], kind=kind, text=text, href=href, now=clock.now())
        if email and email != user.email:
            # It may be the owner who reads at the old address, and a thief at the new one.
            super().send_notification_mail(template_prefix, user, context, email)
