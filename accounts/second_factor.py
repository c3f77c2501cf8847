"""The rights of staff are worth a second factor, on every page and in the API, not only in the admin."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts.models import User


def is_asked_of(email: str) -> bool:
    """Whether staff with this address need a second factor for their rights: all but the demo's moderator do."""
    return bool(settings.STAFF_SECOND_FACTOR) and email != settings.STAFF_SPARED


def was_used(request: HttpRequest, user: User) -> bool:
    """Whether this session was begun, or confirmed, with `user`'s second factor, within a day's work; one set up later
    proves nothing, and neither does a session that was left open."""
    if not is_mfa_enabled(user):
        return False
    # By allauth's clock, as the records are.
    since = time.time() - settings.STAFF_SECOND_FACTOR_SECONDS
    records = get_authentication_records(request, user)
    return any(record["method"] == "mfa" and record["at"] > since for record in records)


class StaffRightsMiddleware:
    """Whoever moderates but did not use their second factor is a player like everybody else in this request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_SECOND_FACTOR:
            user = request.user
            # Asked of the session only where somebody looks at the user.
            request.user = SimpleLazyObject(lambda: _proven(request, user))  # type: ignore[assignment]
        return self.get_response(request)


def _proven(request: HttpRequest, user: User | AnonymousUser) -> User | AnonymousUser:
    if isinstance(user, User) and user.is_staff and is_asked_of(user.email):
        user.rights_withheld = not was_used(request, user)
    return user
