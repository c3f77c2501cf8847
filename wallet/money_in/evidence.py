"""A dispute answered with what we know of the payment and of what it paid for: by staff, once, in one press.

The drops' room says what became of each escrow; the wallet knows which of them the payment has paid, and asks about no
other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from core.errors import Refused
from wallet import gateway
from wallet.decisions import record_decision, require_may_decide
from wallet.models import Dispute, Part, Topup
from wallet.money import format_cents
from wallet.outages import StripeUnavailable, stripe_failures_as_refusals

# Given by the room that knows: the record of one thing that `payer` paid for, None where it is none of theirs.
Source = Callable[[User, str], str | None]
# What Stripe takes of one text.
CHARS_MAX = 20_000

_sources: list[Source] = []


class NotAnswerable(Refused):
    code = "not_answerable"
    message = _("This dispute was answered already, or is over.")
    next_step = _("Stripe's dashboard shows how it stands.")


def register(source: Source) -> None:
    """Let `source(payer, reference)` tell what the payer got for an escrow; adding it again changes nothing."""
    if source not in _sources:
        _sources.append(source)


def send_evidence(*, dispute: Dispute, staff: User, reason: str, now: datetime) -> Dispute:
    """Send Stripe our records of the payment and of what it paid for; that it is done is written down before.

    What Stripe didn't take may be sent again, and both presses stay on record. Raises NotAnswerable, StripeUnavailable,
    Forbidden, Invalid.
    """
    require_may_decide(staff=staff, row=dispute, reason=reason)
    payment, use = record_of_payment(dispute.topup), records_of_use(dispute.topup)
    _take(dispute, staff, reason, now)
    try:
        with stripe_failures_as_refusals():
            gateway.connect().submit_evidence(
                dispute=dispute.pk,
                customer_email=dispute.user.email,
                customer_name=dispute.user.name or "",
                payment=payment,
                use="\n\n".join(use)[:CHARS_MAX] or "Nothing of it has been spent yet.",
            )
    except StripeUnavailable:
        # Sent a second time it replaces the first, and a dispute that nobody answers is lost.
        _put_back(dispute, staff, reason, now)
        raise
    dispute.refresh_from_db()
    return dispute


@transaction.atomic
def _take(dispute: Dispute, staff: User, reason: str, now: datetime) -> None:
    """Write down that the dispute is answered, unless somebody else has done so or it is over."""
    row = Dispute.objects.select_for_update(no_key=True).get(pk=dispute.pk)
    if not row.can_be_answered:
        raise NotAnswerable
    Dispute.objects.filter(pk=row.pk).update(evidence_sent_at=now)
    record_decision(staff=staff, action="send_evidence", row=row, reason=reason, now=now)


@transaction.atomic
def _put_back(dispute: Dispute, staff: User, reason: str, now: datetime) -> None:
    Dispute.objects.filter(pk=dispute.pk, evidence_sent_at=now).update(evidence_sent_at=None)
    record_decision(staff=staff, action="evidence_not_taken", row=dispute, reason=reason, now=now)


@override("en")
def record_of_payment(topup: Topup) -> str:
    """Return what we know of a payment, in words for a bank."""
    how = "by the saved card of its owner, as they had asked" if topup.is_automatic else "on Stripe's own page"
    lines = [
        f"The account of {topup.user.email} exists since {topup.user.created_at:%Y-%m-%d}.",
        f"On {topup.created_at:%Y-%m-%d at %H:%M UTC} it added {format_cents(topup.amount_cents)}, paid {how}.",
    ]
    if topup.is_careful:
        lines.append("The payer's bank was asked to confirm the payment (3-D Secure).")
    return "\n".join(lines)


@override("en")
def records_of_use(topup: Topup) -> list[str]:
    """Return a record of each thing that the payment has paid for, oldest first: its payer's, and nobody else's."""
    parts = Part.objects.filter(origin__reason=topup.reason, transfer__kind="job", transfer__debit__user=topup.user)
    records = []
    for part in parts.select_related("transfer").order_by("transfer_id"):
        reference = part.transfer.reason.partition(":")[2]
        told = [text for source in _sources if (text := source(topup.user, reference)) is not None]
        records += [f"{format_cents(part.cents)} of this payment paid for the following.\n{text}" for text in told]
    return records
