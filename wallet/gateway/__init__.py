"""The only door to Stripe: plain arguments in, small frozen records out, four ways to fail."""

from wallet.gateway.client import Gateway, connect, is_live
from wallet.gateway.failures import (
    BadWebhook,
    Declined,
    KeyRefused,
    KeyReused,
    NotConfigured,
    OutcomeUnknown,
    Rejected,
    StripeFailure,
    TryLater,
)
from wallet.gateway.records import (
    BalanceTxn,
    Charge,
    ConnectAccount,
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
    "BadWebhook",
    "BalanceTxn",
    "Charge",
    "ConnectAccount",
    "Declined",
    "Gateway",
    "KeyRefused",
    "KeyReused",
    "NotConfigured",
    "OutcomeUnknown",
    "Payment",
    "Rejected",
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
