"""For whom a form was shown. The secret behind its token, by which Django guards it against forgery, is made anew at
each login; ours says whose login that was, to nobody but us, so nobody is asked to send what somebody else typed.

Where a member has another one, of a session from before there was this, or as their cookie was lost, their next page
has ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, CSRF_TOKEN_LENGTH, rotate_token
from django.utils.crypto import get_random_string, salted_hmac

from core.languages import is_of_programs

SALT = "clorp.form-owner"
# A secret is so much chance, then a mark that it is one of these, then whose it is.
CHANCE_CHARS, MARK_CHARS = 16, 6
OWNER_CHARS = CSRF_SECRET_LENGTH - CHANCE_CHARS - MARK_CHARS


@receiver(user_logged_in, dispatch_uid="accounts.mark_forms_of")
def mark_forms_of(request: HttpRequest, user: AbstractBaseUser, **_rest: Any) -> None:
    """From here on forms are shown for this person; Django has just made their secret anew."""
    chance = get_random_string(CHANCE_CHARS, CSRF_ALLOWED_CHARS)
    request.META["CSRF_COOKIE"] = (
        chance + _mark(chance, settings.SECRET_KEY) + _owner(chance, user, settings.SECRET_KEY)
    )


@receiver(user_logged_out, dispatch_uid="accounts.mark_forms_of_nobody")
def mark_forms_of_nobody(request: HttpRequest, **_rest: Any) -> None:
    rotate_token(request)


class FormOwnerMiddleware:
    """Show members no form that does not say that it was shown to them. Behind what reads the secret of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        if request.method != "GET" or is_of_programs(request) or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return
        # The page that was sent is asked by its cookie; what is shown from here on, by this.
        if not _is_marked(request.META.get("CSRF_COOKIE", "")) and request.user.is_authenticated:
            mark_forms_of(request, request.user)


def is_anothers(token: str, user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether the form with this token was shown to somebody else than `user`; False where it does not say to whom.
    Of what was shown to a member all is somebody else's to a stranger.
    """
    chance, mark, owner = _parts_of(_secret_in(token))
    key = _key_of(chance, mark)
    return key is not None and owner != _owner(chance, user, key)


def _is_marked(secret: str) -> bool:
    chance, mark, _owner = _parts_of(secret)
    return _key_of(chance, mark) is not None


def _parts_of(secret: str) -> tuple[str, str, str]:
    return secret[:CHANCE_CHARS], secret[CHANCE_CHARS:-OWNER_CHARS], secret[-OWNER_CHARS:]


def _key_of(chance: str, mark: str) -> str | bytes | None:
    """Return with which of our keys a secret was marked: the one of now, or one before it; None where with none."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return next((key for key in keys if mark == _mark(chance, key)), None)


def _mark(chance: str, key: str | bytes) -> str:
    return salted_hmac(SALT, chance, secret=key).hexdigest()[:MARK_CHARS]


def _owner(chance: str, user: AbstractBaseUser | AnonymousUser, key: str | bytes) -> str:
    return salted_hmac(SALT, f"{chance}:{user.pk}", secret=key).hexdigest()[:OWNER_CHARS]


def _secret_in(token: str) -> str:
    """Return the secret of a token, which is masked anew in each form; nothing where it is none of Django's."""
    chars = CSRF_ALLOWED_CHARS
    if len(token) != CSRF_TOKEN_LENGTH or not set(token) <= set(chars):
        return ""
    mask, masked = token[:CSRF_SECRET_LENGTH], token[CSRF_SECRET_LENGTH:]
    return "".join(chars[chars.index(one) - chars.index(other)] for one, other in zip(masked, mask, strict=True))
