"""Stripe at its worst: the troubles that the money machine chooses from."""

from __future__ import annotations

from tests.stripe_double import Fault

FAULTS = [
    Fault.DECLINE,
    Fault.NEEDS_AUTHENTICATION,
    Fault.BALANCE_INSUFFICIENT,
    Fault.ERROR_SAVED,
    Fault.ERROR_SAVED_AFTER_EFFECT,
    Fault.ERROR_UNSAVED,
    Fault.RATE_LIMITED,
    Fault.DROP_BEFORE_EFFECT,
    Fault.DROP_AFTER_EFFECT,
    Fault.GARBLED,
    Fault.LANDS_LATER,
]
ROUTES = [
    "POST /v1/transfers",
    "POST /v1/refunds",
    "POST /v1/payment_intents",
    "POST /v1/checkout/sessions",
    "GET /v1/*",
]
