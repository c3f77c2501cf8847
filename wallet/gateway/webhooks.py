"""Webhooks: whose signature it is, and what it says. No call to Stripe is made."""

from __future__ import annotations

import json
from collections.abc import Sequence

import stripe

from wallet.gateway import parsing
from wallet.gateway.failures import BadWebhook
from wallet.gateway.values import StripeEvent

AGE_SECONDS_MAX = 300


def read_webhook(body: bytes, signature: str, secrets: Sequence[str]) -> StripeEvent:
    """The event in a delivery, snapshot or thin, signed with any of `secrets` in the last five minutes.

    `body` is the request's, byte for byte; `signature` its `Stripe-Signature` header. Which mode and which account
    the event comes from is for the caller to judge. Raises BadWebhook.
    """
    if not any(_is_signed(body, signature, secret) for secret in secrets if secret):
        raise BadWebhook
    try:
        return parsing.event_of(json.loads(body))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        # The secret is right, so it is Stripe or a mistake of ours; either way it is no event.
        raise BadWebhook from None


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret, AGE_SECONDS_MAX))
    except (stripe.SignatureVerificationError, TypeError, ValueError, IndexError):
        # Bytes that are no text and signatures that are no ASCII make the SDK stumble.
        return False
