"""Who asks: one class for keys, OAuth tokens and the browser's session, and scopes as permissions.

One class, because of two stock ones the first would answer for the second: a session without a login turns the
401 of a bad key into a 403.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from types import SimpleNamespace
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.fresh_login import FreshLoginNeeded, is_fresh
from accounts.keys import find_key
from accounts.models import ApiKey, Scope, User
from accounts.oauth.grants import Pass, find_pass, is_standing
from accounts.permissions import require_adopted
from accounts.reading_links import is_signed_reading
from accounts.second_factor import is_asked_of
from core import clock
from core.db.sessions import SessionStore
from core.errors import Forbidden

# What a program shows: a key that was made for it, or a token that it was given after its person was asked.
Bearer = ApiKey | Pass
# What a key needs: this scope, any one of these, or none in particular.
Needed = Scope | tuple[Scope, ...]
NOTHING: Needed = ()
SCOPES_TOLD = "A key, with the scopes that are named; of several ways any one will do."
KEY_PREFIX = str(settings.REST_KNOX["TOKEN_PREFIX"])
CHALLENGE = 'Bearer realm="clorp"'


class MissingScope(Forbidden):
    code = "missing_scope"
    next_step = gettext_lazy("Make a key with this scope.")

    def __init__(self, needed: tuple[Scope, ...]) -> None:
        named = " or ".join(f"“{scope.value}”" for scope in needed)
        super().__init__(_("This key lacks the scope {named}.").format(named=named))
        # RFC 6750, section 3.1. Of several scopes any one will do, which that has no words for.
        scopes = " ".join(scope.value for scope in needed)
        self.headers = {"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope", scope="{scopes}"'}


class AskedByLink(Forbidden):
    code = "asked_by_link"
    message = gettext_lazy("A link can't read sealed work in your name.")
    next_step = gettext_lazy("Read it from its page in the admin, use a key, or send X-CSRFToken as with a write.")


class KeyOrSession(BaseAuthentication):
    """`Authorization: Bearer` with a key or an OAuth access token; else the browser's session, whose writes need the
    CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, Bearer | None] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if header:
            return self.by_key(header)
        user = getattr(request._request, "user", None)
        if user is None or not user.is_authenticated or not user.is_active:
            return None
        SessionAuthentication().enforce_csrf(request)
        return user, None

    def by_key(self, header: str) -> tuple[User, Bearer]:
        kind, _rest, token = header.partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not token.isascii():
            raise AuthenticationFailed(_("Send your key as “Authorization: Bearer clorp_pat_…”."))
        find: Callable[..., Bearer | None] = find_key if token.startswith(KEY_PREFIX) else find_pass
        key = find(token, now=clock.now())
        if key is None:
            raise AuthenticationFailed(_("This key is unknown, revoked or expired."), code="bad_key")
        if not key.user.is_active:
            raise AuthenticationFailed(_("This account is closed."), code="account_closed")
        # A key is one factor: where staff need two, theirs gives them no more than a player's.
        key.user.rights_withheld = is_asked_of(key.user.email)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for, and of a key that it is no good (RFC 6750, section 3)."""
        return f'{CHALLENGE}, error="invalid_token"' if "HTTP_AUTHORIZATION" in request.META else CHALLENGE


class KeyAlone(KeyOrSession):
    """A key, and no session: for what no page of ours asks."""

    def authenticate(self, request: Request) -> tuple[User, Bearer | None] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        return self.by_key(header) if header else None


def lets_somebody_in(request: HttpRequest) -> bool:
    """Whether the key that a request carries, or its session, is somebody's. Asks no middleware."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if header:
        try:
            KeyOrSession().by_key(header)
        except AuthenticationFailed:
            return False
        return True
    return _is_somebodys(SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME)))


def is_still_let_in(request: Request) -> bool:
    """Whether what let the caller in when a stream began would let them in now: their key, or their session."""
    key = key_of(request)
    if isinstance(key, Pass):
        return is_standing(key, now=clock.now())
    if key is not None:
        kept = ApiKey.objects.filter(pk=key.pk, user__is_active=True)
        return kept.exclude(expiry__lte=clock.now()).exists()
    session = getattr(request._request, "session", None)
    if session is None or not request.user.is_authenticated:
        return True
    # Read anew: it may be gone, and a new password ends it too.
    afresh = type(session)(session.session_key)
    return _is_somebodys(afresh)


def _is_somebodys(session: Any) -> bool:
    return bool(get_user(cast(HttpRequest, SimpleNamespace(session=session))).is_authenticated)


def key_of(request: Request) -> Bearer | None:
    """The key that asks, or the token; None in a browser."""
    return request.auth if isinstance(request.auth, ApiKey | Pass) else None


class HasScope(BasePermission):
    """Somebody is logged in, and their key (if it is one) has the scope that the view names for the method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        if request.method not in SAFE_METHODS and not getattr(view, "is_sandbox_open", False):
            require_adopted(cast(User, request.user))
        require_scope(request, view.scopes.get(request.method, Scope.READ))
        for besides in view.scopes_besides.get(request.method, ()):
            require_scope(request, besides)
        return True


class Public(HasScope):
    """Anybody may read; a key must have the scope to. Whoever writes is somebody, as everywhere."""

    lets_strangers_in = True

    def has_permission(self, request: Request, view: Any) -> bool:
        # Of a method that the view does not take there is nobody to keep out: everybody hears the same of it.
        if request.method not in SAFE_METHODS and request.method in view.allowed_methods:
            return super().has_permission(request, view)
        require_scope(request, Scope.READ)
        return True


class Anybody(BasePermission):
    """Strangers may do this too, and a key needs no scope for it."""

    lets_strangers_in = lets_strangers_write = True


def require_scope(request: Request, wanted: Needed) -> None:
    """Raise MissingScope unless a key has the scope, or any one of several."""
    key = key_of(request)
    needed = (wanted,) if isinstance(wanted, Scope) else wanted
    if key is not None and needed and not set(needed) & set(key.scopes):
        raise MissingScope(needed)


def require_meant_for(request: Request, resource: str) -> None:
    """Raise AuthenticationFailed for a token that was not given for `resource`. Keys are for all of the site."""
    key = key_of(request)
    if isinstance(key, Pass) and resource not in {address.rstrip("/") for address in key.resources}:
        raise AuthenticationFailed(
            f"This token is not for {resource}: ask for it by `resource`.", code="wrong_audience"
        )


def require_no_link(request: Request, thing: object) -> None:
    """Refuse a GET that leaves a record in the caller's name, where it may come from a link that somebody else made: by
    a session it needs the token of a write, or a link that a page of ours has just signed."""
    if key_of(request) is not None:
        return
    if is_signed_reading(request.query_params.get("signed", ""), cast(User, request.user), thing):
        return
    as_write = copy(request._request)
    as_write.method = "POST"
    try:
        SessionAuthentication().enforce_csrf(cast(Request, as_write))
    except PermissionDenied as error:
        raise AskedByLink from error


def require_fresh_session(request: Request) -> None:
    """Raise FreshLoginNeeded unless somebody asks who has signed in lately, in a browser: a key alone never will do."""
    if key_of(request) is not None or not is_fresh(request._request):
        raise FreshLoginNeeded


def require_key_or_fresh_session(request: Request) -> None:
    """Raise FreshLoginNeeded where a browser asks whose login is not of late. A key has its scope."""
    if key_of(request) is None:
        require_fresh_session(request)


class KeyOrSessionScheme(OpenApiAuthenticationExtension):
    target_class = KeyOrSession
    name = ["key", "session"]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        """A key with the scopes that the view names, or with one of them where any will do; else a session."""
        view, method = auto_schema.view, auto_schema.method
        wanted = getattr(view, "scopes", {}).get(method, Scope.READ)
        each = (wanted,) if isinstance(wanted, Scope) else wanted
        besides = [scope.value for scope in getattr(view, "scopes_besides", {}).get(method, ())]
        keys = [{"key": [scope.value, *besides]} for scope in each] or [{"key": besides}]
        return [*keys, {"session": []}]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [
            {"type": "http", "scheme": "bearer", "bearerFormat": "clorp_pat_…", "description": SCOPES_TOLD},
            {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "With X-CSRFToken on writes."},
        ]
