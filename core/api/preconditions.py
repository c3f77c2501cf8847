"""`If-Match` and `If-None-Match`: what is done only while things stand as its sender knew them (RFC 9110, 13)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refused

ANY = "*"


class PreconditionFailed(Refused):
    code = "precondition_failed"
    status = 412
    message = gettext_lazy("This has changed since you read it.")
    next_step = gettext_lazy("Read it again, and send the ETag that it has now.")


NOTHING_TO_MATCH = gettext_lazy("Nothing at this address has an ETag, so the condition can't hold.")


def names_version(headers: Mapping[str, str]) -> bool:
    """Whether the request is meant for a certain version, and no other."""
    return headers.get("If-Match", ANY).strip() != ANY


def require_match(headers: Mapping[str, str], etag: str | None) -> None:
    """Refuse where `If-Match` names no ETag that is the current one; `etag` is None where there is nothing to match.

    A weak ETag never matches. Raises PreconditionFailed.
    """
    if "If-Match" in headers and not _is_among(etag, headers["If-Match"]):
        raise PreconditionFailed


def require_unsafe_allowed(headers: Mapping[str, str], etag: str | None) -> None:
    """As `require_match`, for a request that changes something: `If-None-Match` must name no current ETag either."""
    if etag is None and "If-Match" in headers:
        raise PreconditionFailed(NOTHING_TO_MATCH, next_step=_("Send it without If-Match."))
    require_match(headers, etag)
    if "If-None-Match" in headers and _is_among(etag, headers["If-None-Match"].replace("W/", "")):
        raise PreconditionFailed


def is_conditional(headers: Mapping[str, str]) -> bool:
    """Whether either of the two is sent."""
    return "If-Match" in headers or "If-None-Match" in headers


def _is_among(etag: str | None, listed: str) -> bool:
    if etag is None:
        return False
    return listed.strip() == ANY or etag in parse_etags(listed)
