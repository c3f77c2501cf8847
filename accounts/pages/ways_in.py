"""How somebody gets into their account, in words: addresses, ways to sign in, and browsers that are signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.push.names import name_of_browser
from accounts.sessions import live_sessions
from accounts.viewer import member_of
from core.addresses import address_or_none, readable_address


@dataclass(frozen=True)
class Address:
    written: str
    is_primary: bool
    is_verified: bool


@dataclass(frozen=True)
class WayIn:
    """One way to prove who one is: what it is, how it stands, and the page that changes it."""

    icon: str
    name: str
    state: str
    act: str
    href: str


@dataclass(frozen=True)
class SignedIn:
    """A browser that is signed in, as its owner knows it. `session_id` is None where there is no row to end."""

    name: str
    is_this: bool
    since: datetime | None = None
    ip: str = ""
    session_id: int | None = None


def addresses_of(user: User) -> list[Address]:
    """Return the account's addresses, the main one first and as its owner writes it."""
    rows = EmailAddress.objects.filter(user=user).order_by("-primary", "pk")
    kept = [Address(_as_written(user, row.email), row.primary, row.verified) for row in rows]
    return kept or [Address(user.shown_email, is_primary=True, is_verified=False)]


def _as_written(user: User, address: str) -> str:
    return user.shown_email if address_or_none(user.shown_email) == address else readable_address(address)


def ways_in(user: User) -> list[WayIn]:
    factors = list(Authenticator.objects.filter(user=user))
    passkeys = sum(each.type == Authenticator.Type.WEBAUTHN for each in factors)
    codes = next((each for each in factors if each.type == Authenticator.Type.RECOVERY_CODES), None)
    has_app = any(each.type == Authenticator.Type.TOTP for each in factors)
    ways = [_password(user), _passkeys(passkeys), _app(has_app)]
    return [*ways, _recovery(codes)] if factors else ways


def _password(user: User) -> WayIn:
    if user.has_usable_password():
        return WayIn("lock", _("Password"), _("Set"), _("Change password"), reverse("account_change_password"))
    state = _("None: we mail you a code each time")
    return WayIn("lock", _("Password"), state, _("Set a password"), reverse("account_set_password"))


def _passkeys(count: int) -> WayIn:
    if not count:
        state = _("None yet: sign in with your fingerprint, face or PIN")
        return WayIn("key-round", _("Passkeys"), state, _("Add a passkey"), reverse("mfa_add_webauthn"))
    state = ngettext("%(count)s passkey", "%(count)s passkeys", count) % {"count": count}
    return WayIn("key-round", _("Passkeys"), state, _("Manage passkeys"), reverse("mfa_list_webauthn"))


def _app(is_on: bool) -> WayIn:
    name = _("Authenticator app")
    if is_on:
        return WayIn("timer", name, _("On"), _("Remove the app"), reverse("mfa_deactivate_totp"))
    state = _("Off: a code from your phone, asked for after your password")
    return WayIn("timer", name, state, _("Set up an app"), reverse("mfa_activate_totp"))


def _recovery(codes: Authenticator | None) -> WayIn:
    name = _("Recovery codes")
    if codes is None:
        return WayIn("list", name, _("None"), _("Make recovery codes"), reverse("mfa_generate_recovery_codes"))
    left = len(codes.wrap().get_unused_codes())
    state = ngettext("%(left)s code left", "%(left)s codes left", left) % {"left": left}
    return WayIn("list", name, state, _("See recovery codes"), reverse("mfa_view_recovery_codes"))


def browsers_of(request: HttpRequest, now: datetime) -> list[SignedIn]:
    """Return where the viewer is signed in: this browser first, then the others, newest first."""
    here: list[SignedIn] = []
    others: list[SignedIn] = []
    for row in live_sessions(user=member_of(request), now=now):
        is_this = row.session_key == request.session.session_key
        browser = SignedIn(name_of_browser(row.user_agent), is_this, row.created_at, row.ip, row.pk)
        (here if is_this else others).append(browser)
    return (here or [SignedIn(name_of_browser(request.headers.get("User-Agent", "")), is_this=True)]) + others
