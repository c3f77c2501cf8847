"""Six things that allauth's server has no setting for. Each is put in its place once, at the start."""

from __future__ import annotations

from collections.abc import Iterable
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

import orjson
from allauth.idp.oidc import views
from allauth.idp.oidc.internal import cimd, clientkit
from allauth.idp.oidc.internal.oauthlib.request_validator import OAuthLibRequestValidator
from allauth.idp.oidc.models import Client
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from accounts.oauth.clients import fault_in_redirects, is_loopback
from accounts.webhooks import http_post
from accounts.webhooks.guard import Unreachable
from core.live.threads import THREADS_MAX, place_among

DOCUMENT_BYTES_MAX = 5 * 1024
# Strangers say where it lies, and whoever fetches it holds one of the few threads: so many at once, for so long.
DOCUMENTS_AT_ONCE = max(1, THREADS_MAX // 3)
DOCUMENT_SECONDS_MAX = 2.0
# As JSON writes it; no database keeps it in a text.
NUL = b"\\u0000"
# Far more than anything that a program says of itself, and far less than what can't be written down again.
DEPTH_MAX = 32
BUSY = "Other clients' documents are being read. Try again in a few seconds."
_fetching = BoundedSemaphore(DOCUMENTS_AT_ONCE)
_show_refused = views.respond_html_error
_look_up = OAuthLibRequestValidator._lookup_client
# Of strings in their place allauth would read JSON, however deep.
LISTS = ("redirect_uris", "post_logout_redirect_uris", "grant_types", "response_types")


def mend() -> None:
    """Fetch programs' documents from checked addresses alone, and few at once, know localhost for this machine on any
    port, read of programs that make themselves known only what can be stored, look for none by what no program can be
    called, and refuse a question by its own status."""
    cimd.fetch_metadata = fetch_in_turn
    clientkit.is_loopback = is_loopback
    views.ClientRegistrationView._get_client_metadata = read_told
    OAuthLibRequestValidator._lookup_client = look_up_named
    views.respond_html_error = show_refused


def fetch_in_turn(client_id: str) -> Any:
    """As `fetch_document`; refused at once while as many as may be are being fetched."""
    with place_among(_fetching, refusal=lambda: ValidationError(BUSY)):
        return fetch_document(client_id)


def fetch_document(client_id: str) -> Any:
    """Return what a program says of itself at its address. Raises ValidationError."""
    try:
        reply = http_post.get(client_id, bytes_max=DOCUMENT_BYTES_MAX, seconds_max=DOCUMENT_SECONDS_MAX)
    except Unreachable as error:
        raise ValidationError(f"The client's document can't be read: {error}.") from error
    if reply.status != 200 or len(reply.body) > DOCUMENT_BYTES_MAX:
        raise ValidationError("The client's document can't be read, or is too large.")
    try:
        document = object_in(reply.body)
    except ValueError as error:
        raise ValidationError(f"The client's document {error}.") from error
    addresses = document.get("redirect_uris")
    if not isinstance(addresses, list) or fault_in_redirects(str(address) for address in addresses):
        raise ValidationError("The client's document lists redirect URIs that can't be used.")
    return document


def read_told(view: views.ClientRegistrationView) -> dict[str, Any] | None:
    """Return what a program says of itself as it makes itself known; None for what can't be read, or not be stored."""
    try:
        told = object_in(view.request.body)
    except ValueError:
        return None
    return None if any(isinstance(told.get(name), str) for name in LISTS) else told


def show_refused(request: HttpRequest, **told: Any) -> HttpResponse:
    """Return the page that says why a program can't be let in, which is no success."""
    response = _show_refused(request, **told)
    response.status_code = 400
    return response


def look_up_named(validator: OAuthLibRequestValidator, request: Any, client_id: str | None) -> Client | None:
    """Return the program of this id; None where there is none, where no id was sent, or one that no program has."""
    return _look_up(validator, request, client_id) if client_id is not None and is_readable(client_id) else None


def is_readable(text: str) -> bool:
    """Whether a text can be taken apart as an address, and a database can be asked for it."""
    try:
        urlsplit(text)
    except ValueError:
        return False
    return "\x00" not in text


def object_in(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body, where a database could keep it. Raises ValueError, whose text says why not."""
    try:
        # No lone halves of signs and no endless numbers, which no database keeps as JSON.
        told = orjson.loads(body)
    except ValueError as error:
        raise ValueError("is not JSON") from error
    if NUL in body:
        raise ValueError("contains a NUL character")
    if not isinstance(told, dict):
        raise ValueError("is no object")
    if is_deep(told):
        raise ValueError("is nested too deep")
    return told


def is_deep(told: Any) -> bool:
    """Whether JSON that was read has more levels than anything said of a program; by steps, so however many it has."""
    level = [told]
    for _ in range(DEPTH_MAX):
        level = [inner for outer in level for inner in _within(outer)]
        if not level:
            return False
    return True


def _within(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
