"""Secrets and signatures as Standard Webhooks 1.0 has them: HMAC-SHA-256 over `id.timestamp.body`.

A secret is computed from the site's own key and an id on the endpoint's row. So it can be shown once and used for
years, and whoever reads the database has none.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from uuid import UUID

from django.utils.crypto import salted_hmac
from standardwebhooks.webhooks import Webhook

from accounts.models import WebhookEndpoint

PREFIX = "whsec_"


def secret_of(secret_id: UUID) -> str:
    """The secret as its owner gets it: `whsec_` and 32 bytes in base64."""
    key = salted_hmac("clorp.webhook.secret", secret_id.hex, algorithm="sha256").digest()
    return PREFIX + base64.b64encode(key).decode()


def headers_for(endpoint: WebhookEndpoint, message_id: str, body: str, now: datetime) -> dict[str, str]:
    """`webhook-id`, `webhook-timestamp` (Unix seconds, of this attempt) and `webhook-signature`.

    While a replaced secret is still good there are two signatures, so that its owner can change over at leisure.
    """
    secrets = [endpoint.secret_id]
    if endpoint.old_secret_id is not None and endpoint.old_secret_until is not None and now < endpoint.old_secret_until:
        secrets.append(endpoint.old_secret_id)
    at = now.astimezone(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret_of(each)).sign(message_id, at, body) for each in secrets),
    }
