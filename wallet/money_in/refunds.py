"""Top-ups that are taken back: refunds, one by one, and refunds that fail after all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wallet import gateway
from wallet.books import debts
from wallet.gateway import StripeRefund
from wallet.models import Topup
from wallet.money import format_cents
from wallet.money_in.topups import settle_payment, settle_topup
from wallet.notifications import tell

# A refund has left our balance at Stripe from its creation on, also while the buyer's bank still works on it.
TAKEN = ("pending", "requires_action", "succeeded")
UNDONE = ("failed", "canceled")


def topup_paid_by(payment_id: str | None, charge: str | None, *, now: datetime) -> Topup | None:
    """The top-up of a payment, credited first if its own event is still on the way. None if it is none of ours."""
    topups = Topup.objects.select_related("user")
    topup = topups.filter(stripe_payment_intent_id=payment_id).first() if payment_id else None
    if topup is None and charge:
        topup = topups.filter(stripe_charge_id=charge).first()
    if topup is None and payment_id:
        topup = _credit_late(payment_id, now)
    return topup if topup is not None and topup.has_arrived else None


def _credit_late(payment_id: str, now: datetime) -> Topup | None:
    """The payment names its top-up, which is settled on its own path."""
    stripe = gateway.connect()
    payment = stripe.get_payment(payment_id)
    rows = Topup.objects.filter(pk=payment.topup_id).select_related("user") if payment.topup_id else None
    topup = rows.first() if rows is not None else None
    if topup is None:
        return None
    if topup.stripe_session_id:
        return settle_topup(session_id=topup.stripe_session_id, now=now)
    return settle_payment(payment=payment, livemode=stripe.livemode, now=now)


def note_refund(*, refund_id: str, now: datetime) -> Topup | None:
    """Post what one refund did; None where it is about none of our top-ups."""
    refund = gateway.connect().get_refund(refund_id)
    topup = topup_paid_by(refund.payment_id, refund.charge, now=now)
    if topup is not None:
        post_refund(topup, refund, now)
    return topup


def note_refunds_of(*, charge: str, now: datetime) -> None:
    """Post every refund of a charge, each once."""
    for refund in gateway.connect().list_refunds(charge=charge):
        topup = topup_paid_by(refund.payment_id, refund.charge, now=now)
        if topup is not None:
            post_refund(topup, refund, now)


@transaction.atomic
def post_refund(topup: Topup, refund: StripeRefund, now: datetime) -> None:
    """Take what was refunded out of the wallet, and put it back where the refund failed; each once."""
    reason = f"topup_refund:{refund.id}"
    debts.lock_balances(topup.user)
    is_new = not debts.is_posted(reason)
    amount, user, paid = refund.amount_cents, topup.user, topup.reason
    if refund.status in TAKEN or refund.status in UNDONE:
        owed = debts.take_back(
            user=user, amount_cents=amount, reason=reason, about=paid, now=now, event_at=refund.created
        )
        if is_new:
            _tell(topup, refund, owed, now)
    if refund.status in UNDONE:
        back = f"topup_refund_failed:{refund.id}"
        if not debts.is_posted(back):
            settled = debts.give_back(user=user, amount_cents=amount, reason=back, about=paid, now=now, event_at=now)
            _tell_undone(topup, amount, settled, now)


def _tell_undone(topup: Topup, amount_cents: int, paid_cents: int, now: datetime) -> None:
    text = f"A refund of {format_cents(amount_cents)} did not go through: "
    if paid_cents:
        text += f"{format_cents(paid_cents)} paid what you owed, "
    text += f"{format_cents(amount_cents - paid_cents)} is in your wallet again."
    tell(user=topup.user, kind="refund_failed", subject="A refund did not go through", text=text, now=now)


def _tell(topup: Topup, refund: StripeRefund, owed_cents: int, now: datetime) -> None:
    text = f"{format_cents(refund.amount_cents)} of a top-up went back to where it came from."
    if owed_cents:
        text += f" Your wallet could not cover it: you owe {format_cents(owed_cents)}."
    tell(user=topup.user, kind="topup_refunded", subject="A top-up was refunded", text=text, now=now)
