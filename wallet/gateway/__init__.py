"""The only door to Stripe: plain arguments in, small frozen values out, four ways to fail."""

from wallet.gateway.client import Gateway, connect, is_live
from wallet.gateway.failures import (
    ApiKeyRejected,
    BadWebhook,
    Declined,
    IdempotencyMismatch,
    NotConfigured,
    OutcomeUnknown,
    RejectedByStripe,
    StripeFailure,
    TryLater,
)
from wallet.gateway.values import (
    BalanceTxn,
    Charge,
    ConnectAccount,
    DisputeLine,
    FraudWarning,
    Payment,
    Reversal,
    Session,
    StripeDispute,
    StripeEvent,
    StripeRefund,
    StripeTransfer,
)
from wallet.gateway.webhooks import read_webhook

__all__ = [
    "ApiKeyRejected",
    "BadWebhook",
    "BalanceTxn",
    "Charge",
    "ConnectAccount",
    "Declined",
    "DisputeLine",
    "FraudWarning",
    "Gateway",
    "IdempotencyMismatch",
    "NotConfigured",
    "OutcomeUnknown",
    "Payment",
    "RejectedByStripe",
    "Reversal",
    "Session",
    "StripeDispute",
    "StripeEvent",
    "StripeFailure",
    "StripeRefund",
    "StripeTransfer",
    "TryLater",
    "connect",
    "is_live",
    "read_webhook",
]
