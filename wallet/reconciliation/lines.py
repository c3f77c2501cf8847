"""Stripe's book, mirrored: its lines are matched to our transfers, the rest is named."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from wallet.books import debts, ledger
from wallet.books.ledger import Party
from wallet.gateway import BalanceTxn
from wallet.models import (
    USD,
    Account,
    Entry,
    StripeBalanceTxn,
    StripeMatch,
    Topup,
    Transfer,
    Withdrawal,
)
from wallet.money_in.endings import post_fee

log = logging.getLogger(__name__)

# Lines appear a little after the fact, so each night looks again at what it may have missed.
OVERLAP = timedelta(days=3)
BEGINNING = timedelta(days=3650)
ADJUSTMENTS = Party(Account.Kind.ADJUSTMENTS)
# What the owner moves between Stripe and their own bank is no movement of any user's.
OWNERS = ("payout", "payout_cancel", "payout_failure", "topup", "topup_reversal")
BY_SOURCE = {
    "refund": "topup_refund",
    "payment_refund": "topup_refund",
    "refund_failure": "topup_refund_failed",
    "payment_failure_refund": "topup_refund_failed",
    "transfer_refund": "withdrawal_reversed",
    "transfer_failure": "withdrawal_reversed",
    "transfer_cancel": "withdrawal_reversed",
}
FEES = ("stripe_fee", "application_fee", "tax_fee")


def books_cents() -> int:
    """Return how much Stripe holds for us by our ledger."""
    lines = Entry.objects.filter(account__kind=Account.Kind.STRIPE_CLEARING)
    return -int(lines.aggregate(cents=Sum("delta"))["cents"] or 0)


def unmatched_lines() -> QuerySet[StripeBalanceTxn]:
    """Lines of Stripe's book that our transfers do not explain to the cent. Unordered."""
    return StripeBalanceTxn.objects.filter(~Exists(StripeMatch.objects.filter(txn=OuterRef("pk")))).exclude(
        amount=0, fee=0
    )


def unmatched_transfers() -> QuerySet[Transfer]:
    """Our transfers from and to Stripe that no line of its book explains. Unordered."""
    kind = Account.Kind.STRIPE_CLEARING
    ours = Transfer.objects.filter(Q(debit__kind=kind) | Q(credit__kind=kind))
    return ours.filter(stripe_match=None)


def mirrored_since(now: datetime) -> datetime:
    """Return from when on Stripe may have lines that are not mirrored."""
    newest = StripeBalanceTxn.objects.order_by("-created").values_list("created", flat=True).first()
    return newest - OVERLAP if newest else now - BEGINNING


def mirror(lines: Iterable[BalanceTxn]) -> int:
    """Store the lines that are new; how many."""
    before = StripeBalanceTxn.objects.count()
    StripeBalanceTxn.objects.bulk_create(
        [
            StripeBalanceTxn(
                id=line.id,
                type=line.type,
                reporting_category=line.reporting_category,
                amount=line.amount_cents,
                fee=line.fee_cents,
                net=line.net_cents,
                currency=line.currency,
                source=line.source,
                created=line.created,
                available_on=line.available_on,
            )
            for line in lines
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    return StripeBalanceTxn.objects.count() - before


def match_lines(*, now: datetime) -> None:
    """Tie to our transfers every line that they explain."""
    for txn in unmatched_lines().order_by("created", "id"):
        _match(txn, now)


@transaction.atomic
def _match(txn: StripeBalanceTxn, now: datetime) -> bool:
    """Tie a line to the transfers that are the same money, if together they are all of it."""
    if txn.currency != USD:  # Cents of another currency are none of ours, however alike the figures are.
        log.warning("unmatched line", extra={"txn": txn.pk, "type": txn.type, "currency": txn.currency})
        return False
    _post_what_only_stripe_knows(txn, now)
    transfers = _transfers_in(txn)
    moved = sum(_at_stripe_cents(transfer) for transfer in transfers)
    if not transfers or moved != txn.net:
        log.warning("unmatched line", extra={"txn": txn.pk, "type": txn.type, "net": txn.net, "ours": moved})
        return False
    StripeMatch.objects.bulk_create([StripeMatch(transfer=transfer, txn=txn) for transfer in transfers])
    return True


def _transfers_in(txn: StripeBalanceTxn) -> list[Transfer]:
    """Return our transfers that the line may be."""
    if txn.type == "adjustment":
        return _transfers_of_dispute(txn)
    return list(Transfer.objects.filter(reason__in=_reasons(txn)).select_related("debit", "credit"))


def _transfers_of_dispute(txn: StripeBalanceTxn) -> list[Transfer]:
    """Of a dispute, which may have several lines, the transfers that are this line's sum and in no other's."""
    source = txn.source or ""
    named = Q()
    for kind in ("dispute", "dispute_won", "dispute_fee"):
        named |= Q(reason__startswith=f"{kind}:{source}")
    groups: dict[tuple[str, bool], list[Transfer]] = {}
    for transfer in Transfer.objects.filter(named, stripe_match=None).select_related("debit", "credit").order_by("id"):
        kind, name, *rest = transfer.reason.split(":")
        if name.partition(".")[0] == source:
            gives = kind == "dispute_won" or "back" in rest
            groups.setdefault((name, gives), []).append(transfer)
    fitting = [rows for rows in groups.values() if sum(map(_at_stripe_cents, rows)) == txn.net]
    return next(iter(fitting), [])


def _at_stripe_cents(transfer: Transfer) -> int:
    """Return how much the transfer added to our balance at Stripe; negative where it took away."""
    return transfer.amount if transfer.debit.kind == Account.Kind.STRIPE_CLEARING else -transfer.amount


def _post_what_only_stripe_knows(txn: StripeBalanceTxn, now: datetime) -> None:
    """Fees that were booked after the payment, and the owner's own movements."""
    if txn.type in ("charge", "payment") and Topup.objects.filter(stripe_charge_id=txn.source).exists():
        post_fee(txn.pk, txn.fee, now=now, event_at=txn.created)
    elif txn.type in FEES and txn.net:
        _post_own(txn, debts.STRIPE_FEES, f"stripe_fee:{txn.pk}", now)
    elif txn.type in OWNERS and txn.net:
        _post_own(txn, ADJUSTMENTS, f"adjust:{txn.pk}", now)


def _post_own(txn: StripeBalanceTxn, other: Party, reason: str, now: datetime) -> None:
    debit, credit = (debts.CLEARING, other) if txn.net > 0 else (other, debts.CLEARING)
    ledger.post_transfer(
        debit=debit, credit=credit, amount_cents=abs(txn.net), reason=reason, now=now, event_at=txn.created
    )


def _reasons(txn: StripeBalanceTxn) -> list[str]:
    """Under which reasons the ledger may hold this line."""
    source = txn.source or ""
    if txn.type in ("charge", "payment"):
        topup = Topup.objects.filter(stripe_charge_id=source).first()
        names = [topup.stripe_session_id, topup.stripe_payment_intent_id] if topup else []
        return [f"topup:{name}" for name in names if name] + [f"stripe_fee:{txn.pk}"]
    if txn.type == "transfer":
        sent = Withdrawal.objects.filter(stripe_transfer_id=source).first()
        return [f"withdrawal_sent:{sent.pk}"] if sent else []
    kind = BY_SOURCE.get(txn.type, "")
    if kind:
        return [f"{kind}:{source}", f"{kind}:{source}:debt"]
    return [f"stripe_fee:{txn.pk}", f"adjust:{txn.pk}"]
