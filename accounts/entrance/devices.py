"""Devices on which an account has signed in before: there nobody else's wrong guesses lock its owner out.

A device that has signed in keeps a signed cookie. Its guesses are counted by device, everybody else's by account and by
address, as allauth does; so a stranger stays limited, and a stolen cookie is worth no more than a few guesses. The
cookie also names the device itself, by which accounts that sign in on it are known to belong together.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import user_logged_in
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.dispatch import Signal, receiver
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from core import clock

# Sent with `user`, `device` and `now` at each login by a browser.
signed_in_on = Signal()

COOKIE = "known_device"
SALT = "clorp.known-device"
KEPT_SECONDS = 180 * 86_400
# A family's tablet; of more, the oldest are forgotten.
ACCOUNTS_MAX = 5
# Where the cookie names the device, beside what stands for it by account.
ITSELF = "device"


def known_device(request: HttpRequest, email: str) -> str | None:
    """Return by what to count guesses for the account with this address; None where it has not signed in here."""
    if isinstance(request.user, User):
        return f"{request.user.pk} signed in" if User.objects.at_address(email) == request.user else None
    devices = _devices_of(request)
    user = User.objects.at_address(email) if devices else None
    return devices.get(str(user.pk)) if user else None


def device_of(request: HttpRequest, user: User) -> str | None:
    """Return by what to count guesses for this account here; None where it has not signed in before."""
    return _devices_of(request).get(str(user.pk))


def require_guesses_left(request: HttpRequest, device: str) -> ratelimit.RateLimitUsage:
    """Return the guess that is used up. Raises ValidationError where a known device has tried too often of late."""
    usage = ratelimit.consume(request, app="allauth.account", action="known_device", key=device)
    if not usage:
        raise get_adapter().validation_error("too_many_login_attempts")
    return usage


@receiver(user_logged_in, dispatch_uid="accounts.remember_device")
def remember_device(request: HttpRequest, response: HttpResponse, user: User, **_: Any) -> None:
    """Know this device again, and say who is on it; what it has proven for other accounts stays."""
    devices = _devices_of(request)
    itself = devices.pop(ITSELF, None) or secrets.token_urlsafe(12)
    device = devices.pop(str(user.pk), None) or secrets.token_urlsafe(12)
    latest = dict([*devices.items(), (str(user.pk), device)][-ACCOUNTS_MAX:]) | {ITSELF: itself}
    response.set_cookie(
        COOKIE,
        signing.dumps(latest, salt=SALT),
        max_age=KEPT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    signed_in_on.send(User, user=user, device=itself, now=clock.now())


def _devices_of(request: HttpRequest) -> dict[str, str]:
    """Return what stands for this device, by account, and its own name."""
    try:
        devices: dict[str, str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return {}
    return devices
