"""Two things that allauth's server has no setting for. Each is put in its place once, at the start."""

from __future__ import annotations

import json
from typing import Any

from allauth.idp.oidc.internal import cimd, clientkit
from django.core.exceptions import ValidationError

from accounts.models import all_scopes
from accounts.oauth.clients import fault_in_redirects, is_loopback
from accounts.webhooks import http_post
from accounts.webhooks.guard import Unreachable

DOCUMENT_BYTES_MAX = 5 * 1024


def mend() -> None:
    """Fetch programs' documents from checked addresses alone, and know localhost for this machine on any port."""
    cimd.fetch_metadata = fetch_document
    clientkit.is_loopback = is_loopback


def fetch_document(client_id: str) -> Any:
    """Return what a program says of itself at its address. Raises ValidationError."""
    try:
        reply = http_post.get(client_id, bytes_max=DOCUMENT_BYTES_MAX)
    except Unreachable as error:
        raise ValidationError(f"The client's document can't be read: {error}.") from error
    if reply.status != 200 or len(reply.body) > DOCUMENT_BYTES_MAX:
        raise ValidationError("The client's document can't be read, or is too large.")
    try:
        document = json.loads(reply.body)
    except ValueError as error:
        raise ValidationError("The client's document is not JSON.") from error
    if not isinstance(document, dict):
        raise ValidationError("The client's document is no object.")
    addresses = document.get("redirect_uris")
    if not isinstance(addresses, list) or fault_in_redirects(str(address) for address in addresses):
        raise ValidationError("The client's document lists redirect URIs that can't be used.")
    # What it asks for is said when it asks; without a scope here it could ask for nothing.
    return {**document, "scope": " ".join(all_scopes())}
