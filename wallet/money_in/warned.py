"""Payments that a bank calls a fraud are refunded at once, up to a sum: most would be disputed, with a fee on top."""

from __future__ import annotations

import logging
from datetime import datetime

from wallet import gateway
from wallet.gateway import OutcomeUnknown, RejectedByStripe, TryLater
from wallet.models import FraudWarning
from wallet.money_in.refunds import note_refund
from wallet.outages import try_again_later

log = logging.getLogger(__name__)


def refund_warned(*, warning_id: str, now: datetime) -> FraudWarning | None:
    """Refund what is left of the payment, and post it as any refund is. None where it is not due.

    Its key is the warning's, and what was refunded because of it is looked for before each call.
    """
    row = FraudWarning.objects.take(warning_id, now)
    if row is None:
        return None
    stripe = gateway.connect()
    charge = row.topup.stripe_charge_id or "" if row.topup else ""
    try:
        made = next((one for one in stripe.list_refunds(charge=charge) if one.fraud_warning_id == row.pk), None)
        made = made or stripe.refund_fraud(charge=charge, warning_id=row.pk, key=f"fraud_warning:{row.pk}")
        note_refund(refund_id=made.id, now=now)
    except (TryLater, OutcomeUnknown) as failure:
        try_again_later(row, failure, now)
        return row
    except RejectedByStripe as refused:  # Refunded or disputed meanwhile: then that is heard of by itself.
        log.warning("not refunded", extra={"warning": row.pk, "code": refused.code})
        row.put_back(None, refused.code)
        return row
    row.put_back(None, refunded_at=now)
    return row
