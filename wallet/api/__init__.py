"""A user's money over the API."""

from wallet.api.moving import AutoTopup, SetupPaymentMethod, TopUp, Withdraw
from wallet.api.reading import Balance, Ledger, Withdrawals
from wallet.api.stripe_side import Connect, ConnectStatus, Webhook

__all__ = [
    "AutoTopup",
    "Balance",
    "Connect",
    "ConnectStatus",
    "Ledger",
    "SetupPaymentMethod",
    "TopUp",
    "Webhook",
    "Withdraw",
    "Withdrawals",
]
