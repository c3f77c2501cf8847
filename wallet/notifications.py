"""Telling people about their money: on the site, and always by mail too."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from accounts.notifications.notify import notify
from accounts.notifications.topics import Topic, register

MONEY = Topic(
    "money",
    "Your money",
    "Top-ups, withdrawals, refunds and disputes: each that arrives, fails or comes back.",
    is_always_mailed=True,
)
register(
    MONEY,
    {
        "topup": "Money was added",
        "topup_failed": "A payment failed",
        "topup_closed": "A payment was not credited",
        "topup_refunded": "A top-up was refunded",
        "refund_failed": "A refund did not go through",
        "auto_topup_failed": "Automatic top-up failed",
        "auto_topup_off": "Automatic top-up is off",
        "dispute": "A payment is disputed",
        "dispute_won": "A dispute is over",
        "dispute_lost": "A dispute is over",
        "payouts_paused": "Payouts are paused",
        "payout_held": "A prize is held",
        "payout_released": "A prize is released",
        "payout_returned": "A prize can't be paid",
        "payout_failed": "Your bank refused a payout",
        "withdrawal": "Withdrawal sent",
        "withdrawal_failed": "Withdrawal failed",
        "withdrawal_reversed": "A withdrawal came back",
        "letter": "News about your money",
    },
)


def tell(*, user: User, kind: str, subject: str, text: str, now: datetime, href: str = "/wallet") -> None:
    """Leave a note in the caller's transaction; a periodic task sends its mail."""
    notify([user], kind=kind, subject=subject, text=text, href=href, now=now)
