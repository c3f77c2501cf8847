"""Top-ups whose owner went to their bank: the money goes, the user is frozen, and perhaps it comes back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wallet import gateway
from wallet.books import debts, ledger
from wallet.gateway import StripeDispute
from wallet.models import Dispute, Topup
from wallet.money import format_cents
from wallet.money_in.refunds import topup_paid_by
from wallet.notifications import tell

# An inquiry (`warning_…`) has taken nothing, so it freezes nobody.
OPEN = ("needs_response", "under_review")


def note_dispute(*, dispute_id: str, now: datetime) -> Dispute | None:
    """Store how a dispute stands and post what it did to our balance, each once. None if it is about none of ours."""
    found = gateway.connect().get_dispute(dispute_id)
    topup = topup_paid_by(found.payment_id, found.charge, now=now)
    return None if topup is None else store_dispute(topup, found, now)


@transaction.atomic
def store_dispute(topup: Topup, found: StripeDispute, now: datetime) -> Dispute:
    """Write down how it stands, and move what it took and gave back; each once."""
    user = topup.user
    debts.lock_purse(user)
    before = Dispute.objects.filter(pk=found.id).first()
    row, _ = Dispute.objects.update_or_create(
        id=found.id,
        defaults={
            "user": user,
            "topup": topup,
            "amount_cents": found.amount_cents,
            "status": found.status,
            "is_open": found.status in OPEN,
            "opened_at": found.created,
            "updated_at": now,
        },
    )
    if found.funds_withdrawn:
        _take(topup, found, now)
    if found.funds_reinstated:
        _return(topup, found, now)
    if before is None or before.is_open != row.is_open:
        _tell(row, found, now)
    return row


def _take(topup: Topup, found: StripeDispute, now: datetime) -> None:
    reason = f"dispute:{found.id}"
    debts.take_back(user=topup.user, amount_cents=found.amount_cents, reason=reason, now=now, event_at=found.created)
    if found.fee_cents > 0:
        # A cost of the house: a user who wins has done nothing wrong.
        ledger.post_transfer(
            debit=debts.STRIPE_FEES,
            credit=debts.CLEARING,
            amount_cents=found.fee_cents,
            reason=f"dispute_fee:{found.id}",
            now=now,
            event_at=found.created,
        )


def _return(topup: Topup, found: StripeDispute, now: datetime) -> None:
    reason = f"dispute_won:{found.id}"
    if not debts.is_posted(reason):
        debts.give_back(user=topup.user, amount_cents=found.returned_cents, reason=reason, now=now, event_at=now)
    if found.fee_returned_cents > 0:
        ledger.post_transfer(
            debit=debts.CLEARING,
            credit=debts.STRIPE_FEES,
            amount_cents=found.fee_returned_cents,
            reason=f"dispute_fee:{found.id}:back",
            now=now,
        )


def _tell(row: Dispute, found: StripeDispute, now: datetime) -> None:
    amount = format_cents(found.amount_cents)
    if row.is_open:
        text = f"A payment of {amount} is disputed. Until the bank decides, no drop can be paid and nothing withdrawn."
        tell(user=row.user, kind="dispute", subject="A payment is disputed", text=text, now=now)
    elif found.funds_reinstated:
        whole = found.returned_cents == found.amount_cents
        back = "the money is back" if whole else f"{format_cents(found.returned_cents)} are back"
        text = f"The dispute about {amount} was decided for you; {back}."
        tell(user=row.user, kind="dispute_won", subject="A dispute is over", text=text, now=now)
    elif found.funds_withdrawn:
        text = f"The dispute about {amount} is over; the money stays with the bank's customer."
        tell(user=row.user, kind="dispute_lost", subject="A dispute is over", text=text, now=now)
