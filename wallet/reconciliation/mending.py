"""Find what Stripe counts as delivered and we never heard, by what its books and lists hold and ours don't.

Everything goes through the verbs that events go through, so whichever comes first, the other changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F

from core.periodic import in_time
from wallet.gateway import Gateway
from wallet.models import USD, Dispute, FraudWarning, StripeBalanceTxn
from wallet.money_in.disputes import note_dispute
from wallet.money_in.paid_by import topup_paid_by
from wallet.money_in.refunds import note_refund
from wallet.money_in.taint import note_fraud_warning
from wallet.money_out.reversals import note_reversals
from wallet.reconciliation.lines import unmatched_lines
from wallet.reconciliation.looks import Looks

# What can't be explained is asked about again, after all that was never asked about.
LINES_MAX = 200
DISPUTES_MAX = 200
# Each of these holds a worker's thread for no longer, and its slowest call; the next hour goes on.
SECONDS_MAX = 300.0
# A bank reports a fraud within so long of the payment, or its word comes as a dispute.
WARNED_WITHIN = timedelta(days=60)
DISPUTED = ("du_", "dp_")

Mend = Callable[[StripeBalanceTxn, Gateway, datetime], object]


def mend(*, stripe: Gateway, looks: Looks, now: datetime) -> None:
    """Hand what nobody told us to whoever handles such news. Calls Stripe, so it is not for inside a transaction."""
    _mend_lines(stripe, looks, now)
    _ask_about_disputes(looks, now)
    _ask_for_warnings(stripe, looks, now)


def _mend_lines(stripe: Gateway, looks: Looks, now: datetime) -> None:
    lines = unmatched_lines().filter(currency=USD).exclude(source=None)
    oldest = lines.order_by(F("looked_at").asc(nulls_first=True), "created", "id")[:LINES_MAX]
    for line in in_time(oldest, SECONDS_MAX):
        verb = _verb_for(line)
        if verb is None:
            continue
        StripeBalanceTxn.objects.filter(pk=line.pk).update(looked_at=now)
        with looks.at(f"line {line.pk}"):
            verb(line, stripe, now)


def _verb_for(line: StripeBalanceTxn) -> Mend | None:
    if line.type == "adjustment":
        return _dispute if (line.source or "").startswith(DISPUTED) else None
    return VERBS.get(line.type)


def _payment(line: StripeBalanceTxn, stripe: Gateway, now: datetime) -> None:
    charge = line.source or ""
    topup_paid_by(stripe.get_payment_of(charge), charge, now=now)


def _refund(line: StripeBalanceTxn, stripe: Gateway, now: datetime) -> None:
    note_refund(refund_id=line.source or "", now=now)


def _dispute(line: StripeBalanceTxn, stripe: Gateway, now: datetime) -> None:
    note_dispute(dispute_id=line.source or "", now=now)


def _transfer(line: StripeBalanceTxn, stripe: Gateway, now: datetime) -> None:
    note_reversals(transfer_id=line.source or "", now=now)


def _reversal(line: StripeBalanceTxn, stripe: Gateway, now: datetime) -> None:
    transfer = stripe.find_reversed_transfer(line.pk)
    if transfer is not None:
        note_reversals(transfer_id=transfer, now=now)


VERBS: dict[str, Mend] = {
    **dict.fromkeys(["charge", "payment"], _payment),
    **dict.fromkeys(["refund", "payment_refund", "refund_failure", "payment_failure_refund"], _refund),
    "transfer": _transfer,
    **dict.fromkeys(["transfer_refund", "transfer_failure", "transfer_cancel"], _reversal),
}


def _ask_about_disputes(looks: Looks, now: datetime) -> None:
    """One that was lost, or an inquiry that was dropped, leaves no line behind."""
    oldest = Dispute.objects.filter(is_open=True).order_by("updated_at")[:DISPUTES_MAX]
    for dispute in in_time(oldest, SECONDS_MAX):
        with looks.at(f"dispute {dispute.pk}"):
            note_dispute(dispute_id=dispute.pk, now=now)


def _ask_for_warnings(stripe: Gateway, looks: Looks, now: datetime) -> None:
    warnings: list[str] = []
    with looks.at("fraud warnings"):
        warnings.extend(stripe.list_fraud_warnings(created_after=now - WARNED_WITHIN))
    known = set(FraudWarning.objects.filter(pk__in=warnings).values_list("pk", flat=True))
    for warning in in_time([one for one in warnings if one not in known], SECONDS_MAX):
        with looks.at(f"fraud warning {warning}"):
            note_fraud_warning(warning_id=warning, now=now)
