"""Texts that somebody typed before they had signed in, by the request that brings them: their session has the key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.kept_texts import A_STRANGERS, WHOSE_CHARS, forget_text, keep_text, text_kept
from accounts.models import User
from core.http import address_of


def whose_text(request: HttpRequest) -> str:
    """Return by whom what is typed in this request is counted: the account, and of a stranger the address."""
    user = request.user
    is_member = isinstance(user, User)
    kind, ident = ("account", str(user.pk)) if is_member else (A_STRANGERS, address_of(request))
    return f"{kind}:{salted_hmac(f'kept-text-{kind}', ident, algorithm='sha256').hexdigest()}"[:WHOSE_CHARS]


def keep_for(request: HttpRequest, name: str, fields: Any, *, seconds: int, now: datetime) -> bool:
    """Keep `fields` for this session under this name; return False where there is no room."""
    before = request.session.get(name)
    key = keep_text(whose=whose_text(request), fields=fields, seconds=seconds, now=now, instead_of=before)
    if key is not None:
        request.session[name] = key
    return key is not None


def kept_for(request: HttpRequest, name: str, now: datetime) -> Any:
    """Return what is kept for the session of this request under this name; None where that is nothing."""
    key = request.session.get(name)
    return text_kept(key, now) if key else None


def forget_for(request: HttpRequest, name: str) -> None:
    """Forget it, as it was sent or is not wanted any more."""
    forget_text(request.session.pop(name, None))
