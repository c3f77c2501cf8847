"""In which form a page takes what it is sent: as browsers send forms, and in UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from core.errors import Refused

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# The second is a part of the first.
TAKEN_CHARSETS = {"utf-8", "ascii"}
NO_LENGTH = {None, "", "0"}


class NotAForm(Refused):
    code = "unsupported_form"
    status = 415
    message = gettext_lazy("This page only takes forms in UTF-8.")
    next_step = gettext_lazy("Send it from the page, or as a form. Programs send JSON to the API.")
    headers: Mapping[str, str] = {"Accept": ", ".join(FORMS)}


def require_form(request: HttpRequest, view: Any) -> None:
    """Raise NotAForm where a page is sent what it would take for an empty form, or read wrongly.

    Doors for programs, which stand outside the protection against forgery, read what they say they read.
    """
    is_empty = request.META.get("CONTENT_LENGTH") in NO_LENGTH
    if request.method != "POST" or is_empty or getattr(view, "csrf_exempt", False):
        return
    if request.content_type not in FORMS or not is_in_utf_8(request):
        raise NotAForm
    if request.encoding is not None:
        # Django knows its usual name alone. What the server takes has none; see core.live.requests.
        request.encoding = "utf-8"


def is_in_utf_8(request: HttpRequest) -> bool:
    """Whether a body names no other encoding than the one in which it is read."""
    charset = (request.content_params or {}).get("charset")
    return not charset or _codec_of(charset) in TAKEN_CHARSETS


def _codec_of(charset: str) -> str | None:
    try:
        return codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
