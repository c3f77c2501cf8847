"""Transfers that are reversed for what their owner has come to owe, as far as their account at Stripe can bear it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from wallet import gateway
from wallet.books import debts
from wallet.gateway import OutcomeUnknown, RejectedByStripe, TryLater
from wallet.models import Recall, Withdrawal
from wallet.money_out.reversals import note_reversals
from wallet.outages import try_again_later

log = logging.getLogger(__name__)

Status = Recall.Status
# What was sent long ago has left the account.
RECALLED_WITHIN = timedelta(days=90)


@transaction.atomic
def start_recalls(*, user: User, now: datetime) -> list[Recall]:
    """Note which transfers to reverse for what the user owes, the newest first; the calls come after the commit."""
    left = debts.owed_cents(user)
    made: list[Recall] = []
    rows = Withdrawal.objects.filter(user=user, status="completed", ended_at__gt=now - RECALLED_WITHIN)
    pending = dict(Recall.objects.hoped_for().filter(withdrawal__user=user).values_list("withdrawal", "amount_cents"))
    left -= sum(pending.values())
    for row in rows.exclude(pk__in=pending).order_by("-ended_at"):
        cents = min(left, row.amount_cents - row.reversed_cents)
        if cents > 0:
            left -= cents
            made.append(Recall.objects.create(withdrawal=row, amount_cents=cents, created_at=now, next_attempt_at=now))
    return made


def send_recall(*, recall_id: int, now: datetime) -> Recall | None:
    """Ask Stripe to reverse one transfer; what comes back is posted as any reversal is. None where it is not due."""
    row = Recall.objects.take(recall_id, now)
    if row is None:
        return None
    stripe = gateway.connect()
    sent = row.withdrawal.stripe_transfer_id or ""
    try:
        stripe.reverse_transfer(transfer_id=sent, amount_cents=row.amount_cents, key=f"recall:{row.pk}")
    except (TryLater, OutcomeUnknown) as failure:
        try_again_later(row, failure, now)
        return row
    except RejectedByStripe as refused:
        log.warning("not recalled", extra={"recall": row.pk, "code": refused.code})
        row.put_back(None, status=Status.FAILED, failure_code=refused.code[:100])
        return row
    note_reversals(transfer_id=sent, now=now)
    row.put_back(None, status=Status.COMPLETED)
    return row
