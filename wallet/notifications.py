"""Telling people about their money: on the site, and always by mail too."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Notification, User
from accounts.notifications.notify import notify
from accounts.notifications.topics import Topic, register
from wallet.models import Withdrawal
from wallet.money import format_cents

MONEY = Topic(
    "money",
    "Your money",
    "Top-ups, withdrawals, refunds and disputes: each that begins, arrives, fails or comes back.",
    is_always_mailed=True,
)
register(
    MONEY,
    {
        "topup": "Money was added",
        "topup_failed": "A payment failed",
        "topup_held": "A payment is being checked",
        "topup_closed": "A payment was not credited",
        "topup_refunded": "A top-up was refunded",
        "refund_failed": "A refund did not go through",
        "auto_topup_failed": "Automatic top-up failed",
        "auto_topup_off": "Automatic top-up is off",
        "dispute": "A payment is disputed",
        "dispute_won": "A dispute is over",
        "dispute_lost": "A dispute is over",
        "payout_account": "The page of your payout account was opened",
        "payouts_paused": "Payouts are paused",
        "payout_held": "A prize is held",
        "payout_released": "A prize is released",
        "payout_returned": "A prize can't be paid",
        "payout_failed": "Your bank refused a payout",
        "withdrawal": "Withdrawal sent",
        "withdrawal_asked": "A withdrawal was asked for",
        "withdrawal_failed": "Withdrawal failed",
        "withdrawal_reversed": "A withdrawal came back",
        "letter": "News about your money",
    },
)

IF_NOT_YOU = "If that was not you, set a new password, end all other sessions, revoke your keys, and write to us."


def tell(*, user: User, kind: str, subject: str, text: str, now: datetime, href: str = "/wallet") -> None:
    """Leave a note in the caller's transaction; a periodic task sends its mail."""
    notify([user], kind=kind, subject=subject, text=text, href=href, now=now)


def tell_of_payout_account(*, user: User, now: datetime) -> None:
    """Say at once that somebody is about to say where the user's money goes: it may not be them."""
    text = f"Somebody signed in as you opened the page at Stripe that says where your winnings go. {IF_NOT_YOU}"
    notify([user], kind="payout_account", text=text, href="/wallet/earnings", now=now)


def tell_of_withdrawal(withdrawal: Withdrawal, *, now: datetime) -> None:
    """Say at once that money is about to leave; of a request that was sent again, nothing more."""
    about = {"withdrawal_id": str(withdrawal.pk)}
    told = Notification.objects.filter(user=withdrawal.user, kind="withdrawal_asked", data=about)
    if not told.exists():
        text = (
            f"{format_cents(withdrawal.amount_cents)} is to leave your wallet for your account at Stripe. {IF_NOT_YOU}"
        )
        notify([withdrawal.user], kind="withdrawal_asked", text=text, href="/wallet/earnings", data=about, now=now)
