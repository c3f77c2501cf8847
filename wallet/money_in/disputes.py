"""Top-ups whose owner went to their bank: the money goes, the user is frozen, and perhaps it comes back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from wallet import gateway
from wallet.books import debts, ledger
from wallet.gateway import DisputeLine, StripeDispute
from wallet.models import Dispute, Doubt, Topup
from wallet.money import format_cents_lazy
from wallet.money_in.paid_by import topup_paid_by
from wallet.money_in.taint import doubt_topup, end_doubts, lock_topup
from wallet.notifications import tell

# An inquiry (`warning_…`) has taken nothing, so it freezes nobody.
OPEN = ("needs_response", "under_review")


class Overtaken(Exception):
    """An answer that was asked for after ours is stored: ours may be the older one, so Stripe is to be asked again."""


def note_dispute(*, dispute_id: str, now: datetime) -> Dispute | None:
    """Store how a dispute stands and post what it did to our balance, each once. None if it is about none of ours.

    Raises Overtaken.
    """
    dispute = gateway.connect().get_dispute(dispute_id)
    topup = topup_paid_by(dispute.payment_id, dispute.charge, now=now)
    return None if topup is None else store_dispute(topup, dispute, now)


@transaction.atomic
def store_dispute(topup: Topup, dispute: StripeDispute, now: datetime) -> Dispute:
    """Write down how it stands, and move what it took and gave back; each once."""
    user = topup.user
    lock_topup(topup)
    debts.lock_balances(user)
    before = Dispute.objects.filter(pk=dispute.id).first()
    if before is not None and before.updated_at > now:
        raise Overtaken(dispute.id)
    row, _rest = Dispute.objects.update_or_create(
        id=dispute.id,
        defaults={
            "user": user,
            "topup": topup,
            "amount_cents": dispute.amount_cents,
            "status": dispute.status,
            "is_open": dispute.status in OPEN,
            "opened_at": dispute.created,
            "updated_at": now,
        },
    )
    for line in dispute.lines:
        _post(topup, line, now)
    if dispute.funds_reinstated:
        end_doubts(doubts=topup.doubts.filter(kind=Doubt.Kind.DISPUTE, source=dispute.id), topup=topup, now=now)
    elif dispute.funds_withdrawn:
        doubt_topup(topup=topup, kind=Doubt.Kind.DISPUTE, source=dispute.id, now=now)
    if before is None or before.is_open != row.is_open:
        _tell(row, dispute, now)
    return row


def _post(topup: Topup, line: DisputeLine, now: datetime) -> None:
    """Move what one line of the balance took or gave, once."""
    cents = line.amount_cents
    if cents:
        move = debts.take_back if cents < 0 else debts.give_back
        move(
            user=topup.user,
            amount_cents=abs(cents),
            reason=f"{'dispute' if cents < 0 else 'dispute_won'}:{line.name}",
            about=topup.reason,
            now=now,
            event_at=line.created,
        )
    if line.fee_cents:
        _post_fee(line, now)


def _post_fee(line: DisputeLine, now: datetime) -> None:
    """A cost of the house, won or lost: a user who wins has done nothing wrong."""
    returned = line.fee_cents < 0
    ledger.post_transfer(
        debit=debts.CLEARING if returned else debts.STRIPE_FEES,
        credit=debts.STRIPE_FEES if returned else debts.CLEARING,
        amount_cents=abs(line.fee_cents),
        reason=f"dispute_fee:{line.name}{':back' if returned else ''}",
        now=now,
        event_at=line.created,
    )


def _tell(row: Dispute, dispute: StripeDispute, now: datetime) -> None:
    amount = format_cents_lazy(dispute.amount_cents)
    if row.is_open:
        text = format_lazy(
            _("A payment of {amount} is disputed. Until the bank decides, you can't pay for drops or withdraw."),
            amount=amount,
        )
        tell(user=row.user, kind="dispute", subject=_("A payment is disputed"), text=text, now=now)
    elif dispute.funds_reinstated:
        whole = dispute.returned_cents == dispute.amount_cents
        won = (
            _("The dispute about {amount} was decided for you; the money is back.")
            if whole
            else _("The dispute about {amount} was decided for you; {returned} is back.")
        )
        text = format_lazy(won, amount=amount, returned=format_cents_lazy(dispute.returned_cents))
        tell(user=row.user, kind="dispute_won", subject=_("A dispute is over"), text=text, now=now)
    elif dispute.funds_withdrawn:
        text = format_lazy(
            _("The dispute about {amount} is over; the money stays with the bank's customer."), amount=amount
        )
        tell(user=row.user, kind="dispute_lost", subject=_("A dispute is over"), text=text, now=now)
