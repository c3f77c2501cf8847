"""Top-ups that were held because Stripe reported something else than was asked for: a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Refused
from core.text import sentence_apart
from wallet import gateway
from wallet.books import debts
from wallet.decisions import record_decision, require_may_decide
from wallet.gateway import Charge, Gateway
from wallet.models import USD, Topup
from wallet.models.money_in import CLOSED_BY_STAFF
from wallet.money import format_cents_lazy
from wallet.money_in.disputes import store_dispute
from wallet.money_in.endings import post_credit
from wallet.money_in.refunds import post_refund
from wallet.notifications import tell
from wallet.outages import stripe_failures_as_refusals

Status = Topup.Status


class NotHeld(Refused):
    code = "not_held"
    message = _("This top-up is not held for a decision.")


class NotCreditable(Refused):
    code = "not_creditable"
    message = _("Stripe reports no payment for it that could be credited in dollars.")
    next_step = _("Refund at Stripe what was paid, if anything was, and close the top-up.")


@dataclass(frozen=True)
class Paid:
    """The payment that really arrived for a top-up."""

    reason: str
    cents: int
    payment_id: str | None
    charge: Charge


def release_topup(*, topup: Topup, staff: User, reason: str, now: datetime) -> Topup:
    """Credit what was really paid, which becomes the top-up's amount, and take what was taken back since.

    Raises NotHeld, NotCreditable, StripeUnavailable, Forbidden, Invalid.
    """
    require_may_decide(staff=staff, row=topup, reason=reason)
    with stripe_failures_as_refusals():
        paid = _paid(topup, stripe := gateway.connect())
        if paid is None:
            raise NotCreditable
        # Their events came and went: then they were about no money of anybody's here.
        charge = paid.charge.id
        refunds, disputes = stripe.list_refunds(charge=charge), stripe.list_disputes(charge=charge)
    with transaction.atomic():
        debts.lock_balances(topup.user)
        row = Topup.objects.held().select_for_update().filter(pk=topup.pk).first()
        if row is None:
            raise NotHeld
        # Straight to its end: another automatic top-up may be in flight by now, and there is room for one.
        row.amount_cents = paid.cents
        post_credit(row, reason=paid.reason, payment_id=paid.payment_id, charge=paid.charge, now=now)
        for refund in refunds:
            post_refund(row, refund, now)
        for dispute in disputes:
            store_dispute(row, dispute, now)
        record_decision(staff=staff, action="release_topup", row=row, reason=reason, now=now)
    return row


@transaction.atomic
def close_topup(*, topup: Topup, staff: User, told: str, reason: str, now: datetime) -> Topup:
    """End it without a credit; its owner is `told` why, and never the reason. Raises NotHeld, Forbidden, Invalid."""
    record_decision(staff=staff, action="close_topup", row=topup, reason=reason, told=told, now=now)
    if not Topup.objects.held().filter(pk=topup.pk).update(status=Status.FAILED, error_code=CLOSED_BY_STAFF):
        raise NotHeld
    topup.refresh_from_db()
    why = sentence_apart(told)
    text = format_lazy(
        _("We looked at your payment of {amount} and did not credit it: {why}"),
        amount=format_cents_lazy(topup.amount_cents),
        why=why,
    )
    tell(user=topup.user, kind="topup_closed", subject=_("A payment was not credited"), text=text, now=now)
    return topup


def _paid(topup: Topup, stripe: Gateway) -> Paid | None:
    """The payment of its own session, or of its own charge; in dollars and of our mode, else None."""
    if topup.is_automatic:
        payments = [stripe.get_payment(topup.stripe_payment_intent_id)] if topup.stripe_payment_intent_id else []
        for payment in payments:
            fits = (payment.currency, payment.livemode, payment.topup_id) == (USD, stripe.livemode, str(topup.pk))
            if payment.charge and payment.status == "succeeded" and fits:
                return Paid(f"topup:{payment.id}", payment.amount_cents, payment.id, payment.charge)
        return None
    session = stripe.get_session(topup.stripe_session_id or "")
    fits = (session.currency, session.livemode, session.topup_id) == (USD, stripe.livemode, str(topup.pk))
    if session.charge is None or session.payment_status != "paid" or not session.amount_cents or not fits:
        return None
    return Paid(f"topup:{session.id}", session.amount_cents, session.payment_id, session.charge)
