"""Telling people about their money: on the site, and always by mail too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notifications.notify import notify
from accounts.notifications.topics import Topic, register
from core.words import Words
from wallet.models import Approval, Withdrawal
from wallet.money import format_cents_lazy

MONEY = Topic(
    "money",
    _("Your money"),
    _("Top-ups, withdrawals, refunds and disputes: each that begins, arrives, fails or comes back."),
    is_always_mailed=True,
)
APPROVALS = Topic(
    "approvals",
    _("Approvals that wait for you"),
    _("Somebody on the staff asked for something that needs a second person, and you can decide about it."),
    for_staff=True,
)
register(APPROVALS, {"approval-waits": _("Something waits for your approval")})
register(
    MONEY,
    {
        "topup": _("Money was added"),
        "topup_failed": _("A payment failed"),
        "topup_held": _("A payment is being checked"),
        "topup_closed": _("A payment was not credited"),
        "topup_refunded": _("A top-up was refunded"),
        "refund_failed": _("A refund did not go through"),
        "auto_topup_failed": _("Automatic top-up failed"),
        "auto_topup_off": _("Automatic top-up is off"),
        "dispute": _("A payment is disputed"),
        "dispute_won": _("A dispute is over"),
        "dispute_lost": _("A dispute is over"),
        "payout_account": _("The page of your payout account was opened"),
        "payouts_paused": _("Payouts are paused"),
        "payout_held": _("A prize is held"),
        "payout_released": _("A prize is released"),
        "payout_returned": _("A prize can't be paid"),
        "payout_failed": _("Your bank refused a payout"),
        "withdrawal": _("Withdrawal sent"),
        "withdrawal_asked": _("A withdrawal was asked for"),
        "withdrawal_failed": _("Withdrawal failed"),
        "withdrawal_reversed": _("A withdrawal came back"),
        "wallet-corrected": _("Your wallet was corrected"),
        "letter": _("News about your money"),
    },
)

IF_NOT_YOU = _("If that was not you, set a new password, end all other sessions, revoke your keys, and write to us.")


def tell(*, user: User, kind: str, subject: Words, text: Words, now: datetime, href: str = "/wallet") -> None:
    """Leave a note in the caller's transaction; a periodic task sends its mail."""
    notify([user], kind=kind, subject=subject, text=text, href=href, now=now)


def tell_of_payout_account(*, user: User, now: datetime) -> None:
    """Say at once that somebody is about to say where the user's money goes: it may not be them."""
    text = format_lazy(
        _("From your account somebody opened the page at Stripe where you say where your prizes go. {if_not_you}"),
        if_not_you=IF_NOT_YOU,
    )
    notify([user], kind="payout_account", text=text, href="/wallet/earnings", now=now)


def tell_of_approval(approval: Approval, *, to: Iterable[User], what: Words, now: datetime) -> None:
    """Say what kind of thing waits for a second person, and until when; of whom and why, its page says alone."""
    text = format_lazy(
        _("“{what}” needs a second person. Approve or refuse it by {until} UTC, or it expires."),
        what=what,
        until=f"{approval.expires_at:%Y-%m-%d %H:%M}",
    )
    href = reverse("admin:wallet_approval_change", args=[approval.pk])
    notify(to, kind="approval-waits", text=text, href=href, now=now)


def tell_of_withdrawal(withdrawal: Withdrawal, *, now: datetime) -> None:
    """Say at once that money is about to leave."""
    text = format_lazy(
        _("{amount} is to leave your wallet for your account at Stripe. {if_not_you}"),
        amount=format_cents_lazy(withdrawal.amount_cents),
        if_not_you=IF_NOT_YOU,
    )
    about = {"withdrawal_id": str(withdrawal.pk)}
    notify([withdrawal.user], kind="withdrawal_asked", text=text, href="/wallet/earnings", data=about, now=now)
