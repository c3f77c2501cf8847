"""The ends of a top-up: credited, failed, expired, or held for a person. Each comes once, whoever brings it."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from wallet.books import debts, ledger
from wallet.decline_reasons import WHILE_HELD, why_held
from wallet.gateway import Charge
from wallet.models import PaymentProfile, Topup
from wallet.models.money_in import CLOSED_BY_STAFF
from wallet.money import format_cents_lazy
from wallet.notifications import tell
from wallet.signals import came_to_wait, topup_settled

log = logging.getLogger(__name__)

Status = Topup.Status


@transaction.atomic
def credit_topup(*, topup: Topup, reason: str, payment_id: str | None, charge: Charge, now: datetime) -> Topup:
    """Credit the money, once; what the user owes is paid out of it first."""
    debts.lock_balances(topup.user)
    row = Topup.objects.select_for_update().select_related("user").get(pk=topup.pk)
    if row.has_arrived or row.is_held or row.was_closed:
        return row
    return post_credit(row, reason=reason, payment_id=payment_id, charge=charge, now=now)


def post_credit(row: Topup, *, reason: str, payment_id: str | None, charge: Charge, now: datetime) -> Topup:
    """Credit a row that is locked, and its user with it."""
    ledger.post_transfer(
        debit=debts.CLEARING,
        credit=ledger.wallet_of(row.user),
        amount_cents=row.amount_cents,
        reason=reason,
        now=now,
        event_at=charge.created,
    )
    post_fee(charge.fee_txn, charge.fee_cents, now=now, event_at=charge.created)
    row.status, row.error_code, row.settled_at = Status.SUCCEEDED, "", now
    row.next_attempt_at, row.lease_until = None, None
    row.stripe_payment_intent_id, row.stripe_charge_id = payment_id, charge.id
    row.fingerprint, row.card_last4 = charge.fingerprint[:100], charge.last4[:4]
    row.fee_cents = charge.fee_cents if charge.fee_txn else None
    row.save()
    debts.collect_debt(user=row.user, token=str(row.pk), now=now)
    _after_arrival(row, now)
    return row


def _after_arrival(row: Topup, now: datetime) -> None:
    profile = PaymentProfile.objects.filter(user=row.user)
    profile.update(auto_topup_failures=0, auto_topup_not_before=None, auto_topup_paused_code="")
    if row.keep_card:
        profile.update(has_payment_method=True)
    amount = format_cents_lazy(row.amount_cents)
    added = (
        _("Your saved card was charged: {amount} was added to your wallet.")
        if row.is_automatic
        else _("Your payment arrived: {amount} was added to your wallet.")
    )
    subject, text = format_lazy(_("{amount} added"), amount=amount), format_lazy(added, amount=amount)
    tell(user=row.user, kind="topup", subject=subject, text=text, now=now)
    # A listener's trouble is not the payment's, so it is logged and goes no further.
    transaction.on_commit(partial(topup_settled.send_robust, sender=Topup, topup=row, now=now))


def post_fee(fee_txn: str | None, fee_cents: int, *, now: datetime, event_at: datetime) -> None:
    """Post the fee that Stripe kept of a payment. Where it is not known yet, the reconciliation posts it."""
    if fee_txn and fee_cents > 0:
        ledger.post_transfer(
            debit=debts.STRIPE_FEES,
            credit=debts.CLEARING,
            amount_cents=fee_cents,
            reason=f"stripe_fee:{fee_txn}",
            now=now,
            event_at=event_at,
        )


def end_topup(*, topup: Topup, status: Topup.Status, code: str = "", **still: Any) -> Topup:
    """It failed or expired; no money moved. One that has ended otherwise, or has other values than `still`, stays."""
    rows = Topup.objects.in_flight().filter(pk=topup.pk, **still)
    rows.update(status=status, error_code=code[:100], next_attempt_at=None, lease_until=None)
    topup.refresh_from_db()
    return topup


@transaction.atomic
def fail_topup(*, topup: Topup, code: str, now: datetime) -> Topup:
    """A payment that was made did not go through in the end; its owner is told, once."""
    if Topup.objects.in_flight().select_for_update().filter(pk=topup.pk).first() is None:
        topup.refresh_from_db()
        return topup
    ended = end_topup(topup=topup, status=Status.FAILED, code=code)
    text = format_lazy(
        _("Your payment of {amount} did not go through; you were not charged."),
        amount=format_cents_lazy(ended.amount_cents),
    )
    tell(user=ended.user, kind="topup_failed", subject=_("A payment failed"), text=text, now=now)
    return ended


@transaction.atomic
def quarantine(*, topup: Topup, code: str, now: datetime, payment_id: str | None = None) -> Topup:
    """Hold a top-up of which Stripe reports something else than was asked for: a person looks before money moves.

    Its owner and the operator are told once, however often it is looked at.
    """
    # What a person has looked at and closed is not held again.
    rows = Topup.objects.filter(pk=topup.pk).exclude(status=Status.SUCCEEDED).exclude(error_code=CLOSED_BY_STAFF)
    named = {"stripe_payment_intent_id": payment_id} if payment_id else {}
    held = {"error_code": code, "next_attempt_at": None, "lease_until": None, **named}
    if rows.exclude(status=Status.QUARANTINED).update(status=Status.QUARANTINED, **held):
        log.error("top-up quarantined", extra={"topup": str(topup.pk), "code": code})
        text = format_lazy(
            _("Your payment of {amount} is being checked. {why} {meanwhile}"),
            amount=format_cents_lazy(topup.amount_cents),
            why=why_held(code),
            meanwhile=WHILE_HELD,
        )
        tell(user=topup.user, kind="topup_held", subject=_("A payment is being checked"), text=text, now=now)
        came_to_wait.send(sender=Topup, row=topup, now=now)
    else:
        rows.update(**held)
    topup.refresh_from_db()
    return topup
