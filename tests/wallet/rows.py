"""Rows that Stripe would have led to, stored by hand."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from accounts.models import User
from wallet.books import ledger
from wallet.models import Reconciliation, StripeBalanceTxn, Topup, Transfer

CLEARING = ledger.Party(ledger.Kind.STRIPE_CLEARING)


def topup(user: User, now: datetime, **fields: Any) -> Topup:
    """A top-up of $10.00 by Checkout, pending."""
    key = uuid.uuid4().hex
    made = {"amount_cents": 1_000, "source": "checkout", "stripe_session_id": f"cs_{key}", "idempotency_key": key}
    return Topup.objects.create(user=user, created_at=now, **{**made, **fields})


def clearing(user: User | None, reason: str, cents: int, now: datetime) -> Transfer:
    """Money from Stripe to a wallet; for nobody, a fee of Stripe's."""
    fees = ledger.Party(ledger.Kind.STRIPE_FEES)
    debit, credit = (CLEARING, ledger.wallet_of(user)) if user else (fees, CLEARING)
    return ledger.post_transfer(debit=debit, credit=credit, amount_cents=cents, reason=reason, now=now)


def charge_txn(pk: str, cents: int, created: datetime, **fields: Any) -> StripeBalanceTxn:
    made = {"type": "charge", "reporting_category": "charge", "amount": cents, "fee": 0, "net": cents}
    return StripeBalanceTxn.objects.create(id=pk, created=created, available_on=created, **{**made, **fields})


def reconciled(at: datetime) -> Reconciliation:
    cents = dict.fromkeys(("stripe_cents", "mirror_cents", "books_cents"), 0)
    counts = dict.fromkeys(("new_lines", "unmatched_lines", "unmatched_transfers"), 0)
    return Reconciliation.objects.create(ran_at=at, **cents, **counts)
