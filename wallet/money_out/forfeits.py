"""Giving up the rest in the wallet of an account that ends, where it can't be taken out."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from accounts.models import User
from wallet.books import ledger
from wallet.models import CardRefund, Transfer
from wallet.money_in.card_refunds import returnable_to_cards


def rest_of(user: User) -> int:
    """Return the cents that can't be taken out: play money, or less than the least withdrawal once nothing of it could
    go back to its card, which has no least; 0 of anything else."""
    balance = ledger.balance_cents(user)
    if settings.PLAY_MONEY:
        return balance
    return 0 if balance >= settings.WITHDRAWAL_CENTS_MIN or _could_go_back(user) else balance


def _could_go_back(user: User) -> bool:
    """Whether something of the wallet may still go back to its card: where Stripe said no, nobody is kept for it."""
    failed = CardRefund.objects.filter(user=user, status=CardRefund.Status.FAILED).exclude(
        failure_code="account_frozen"
    )
    refused = set(failed.values_list("topup_id", flat=True))
    return any(row.topup.pk not in refused for row in returnable_to_cards(user))


def give_up_rest(*, user: User, now: datetime) -> Transfer | None:
    """Move what is left to the house, once for each account; None where nothing is. Called under the account's lock."""
    cents = rest_of(user)
    if not cents:
        return None
    return ledger.post_transfer(
        debit=ledger.wallet_of(user),
        credit=ledger.Party(ledger.Kind.ADJUSTMENTS),
        amount_cents=cents,
        reason=f"adjust:erased_{user.pk}",
        now=now,
    )
