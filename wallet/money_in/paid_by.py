"""The top-up that a payment paid, whatever names it."""

from __future__ import annotations

from datetime import datetime

from wallet import gateway
from wallet.models import Topup
from wallet.money_in.topups import settle_payment, settle_topup


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
