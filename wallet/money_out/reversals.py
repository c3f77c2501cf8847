"""Transfers that come back, all or in parts: their money is in the wallet again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.text import uuid_of
from wallet import gateway
from wallet.books import debts, ledger
from wallet.gateway import StripeTransfer
from wallet.models import Withdrawal
from wallet.money import format_cents_lazy
from wallet.money_out.withdrawals import adopt_transfer
from wallet.notifications import tell


def note_reversals(*, transfer_id: str, now: datetime) -> Withdrawal | None:
    """Post what came back of a transfer, once per reversal. None if the transfer is none of ours."""
    transfer = gateway.connect().get_transfer(transfer_id)
    row = Withdrawal.objects.filter(stripe_transfer_id=transfer_id).select_related("user").first()
    if row is None:
        row = _sent_but_unanswered(transfer, now)
    return None if row is None else _post_reversals(row, transfer, now)


def _sent_but_unanswered(transfer: StripeTransfer, now: datetime) -> Withdrawal | None:
    """The withdrawal of a transfer that came back before its answer had reached us."""
    known = uuid_of(transfer.withdrawal_id)
    row = Withdrawal.objects.filter(pk=known).select_related("user").first() if known else None
    adopted = adopt_transfer(withdrawal=row, transfers=[transfer], now=now) if row else None
    return adopted if adopted and adopted.stripe_transfer_id == transfer.id else None


@transaction.atomic
def _post_reversals(row: Withdrawal, transfer: StripeTransfer, now: datetime) -> Withdrawal:
    debts.lock_balances(row.user)
    for back in transfer.reversals:
        ledger.post_transfer(
            debit=debts.CLEARING,
            credit=ledger.wallet_of(row.user),
            amount_cents=back.amount_cents,
            reason=f"withdrawal_reversed:{back.id}",
            about=f"withdrawal_sent:{row.pk}",
            now=now,
            event_at=back.created,
        )
    total = sum(back.amount_cents for back in transfer.reversals)
    # What has come back never becomes less: a smaller sum was asked for before a greater one and arrived after it.
    if Withdrawal.objects.filter(pk=row.pk, reversed_cents__lt=total).update(reversed_cents=total):
        text = format_lazy(
            _("{total} of your withdrawal came back and is in your wallet again."), total=format_cents_lazy(total)
        )
        tell(user=row.user, kind="withdrawal_reversed", subject=_("A withdrawal came back"), text=text, now=now)
    row.refresh_from_db()
    return row
