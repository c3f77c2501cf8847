"""One-time tokens of forms, so that sending one twice does it once."""

from __future__ import annotations

import hashlib
import re
import secrets

from django.http import HttpRequest

from core.text import kept_within

TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}\Z")


def new_token() -> str:
    """Return the token of a form that is shown now."""
    return secrets.token_urlsafe(18)


def key_of(request: HttpRequest, purpose: str, *content: object) -> str | None:
    """Return the idempotency key of a form: its sender, purpose, one-time token and content; None without a token.

    What the form is about belongs into its `purpose`: the same token and content sent about something else is new.

    A second press sends the same and does it once; going back and changing something is a new request. Its content is
    what the page has understood of it, or else all that was sent.
    """
    token = request.POST.get("token", "")
    if not TOKEN.match(token):
        return None
    digest = hashlib.sha256(repr(content or _all_of(request)).encode("utf-8", "replace")).hexdigest()[:32]
    return f"page:{purpose}:{request.user.pk}:{token}:{digest}"


def _all_of(request: HttpRequest) -> tuple[object, ...]:
    names = sorted(name for name in request.POST if name != "csrfmiddlewaretoken")
    fields = [(name, kept_within(request.POST.getlist(name))) for name in names]
    files = [(file.name, file.size) for name in sorted(request.FILES) for file in request.FILES.getlist(name)]
    return fields, files
