"""Money in: a top-up begins with a row, and ends when Stripe says that it was paid. Credited once, whoever asks."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.permissions import require_good_standing
from core.errors import Invalid, Refused
from core.queue import back_off
from wallet import gateway
from wallet.books import debts, ledger
from wallet.decline_reasons import REFUSED_BY_STRIPE
from wallet.gateway import Charge, Gateway, Payment, RejectedByStripe, Session, StripeFailure
from wallet.models import USD, PaymentProfile, Topup
from wallet.models.money_in import CLOSED_BY_STAFF, PROCESSING
from wallet.money import format_cents
from wallet.money_in import cards
from wallet.notifications import tell
from wallet.outages import stripe_failures_as_refusals
from wallet.rate_limit import require_within_rate_limit
from wallet.signals import topup_settled

log = logging.getLogger(__name__)

Status = Topup.Status
PAGE_OPEN = timedelta(hours=1)
FIRST_LOOK = timedelta(minutes=5)
LOOK_SECONDS_MAX = 21_600
# Without a session nobody can pay; by now its key and its page are long gone.
SESSIONLESS_MAX = timedelta(hours=25)
UNPAID_FOR_GOOD = ("requires_payment_method", "canceled")


class TopupOver(Refused):
    code = "topup_over"
    message = "This payment page was used, or has run out."
    next_step = "Your wallet says whether the money is there; otherwise begin a new top-up."


def require_topup_amount(amount_cents: int) -> None:
    """Raise Invalid where one top-up can't be that much."""
    least, most = settings.TOPUP_CENTS_MIN, settings.TOPUP_CENTS_MAX
    if not least <= amount_cents <= most:
        sentence = f"A top-up is {format_cents(least)} to {format_cents(most)}."
        raise Invalid({"amount_cents": sentence})


def start_topup(
    *,
    user: User,
    amount_cents: int,
    keep_card: bool,
    success_url: str,
    cancel_url: str,
    now: datetime,
    idempotency_key: str | None = None,
    reference: str | None = None,
) -> tuple[Topup, str]:
    """Return a new top-up and the address of Stripe's page where it is paid; the same key finds the same page.

    `success_url` names the session as `{CHECKOUT_SESSION_ID}`; listeners of `topup_settled` understand `reference`.
    Raises Invalid, NotConfigured, StripeUnavailable, Suspended, TopupOver, TooManyPages.
    """
    stripe = gateway.connect()
    require_good_standing(user)
    require_topup_amount(amount_cents)
    require_within_rate_limit(user, now)
    with stripe_failures_as_refusals(), cards.customer_checked(user, now):
        customer = cards.require_customer(user=user, stripe=stripe)
        pk = uuid4()
        topup, _ = Topup.objects.get_or_create(
            idempotency_key=idempotency_key or f"topup:{pk}",
            defaults={
                "id": pk,
                "user": user,
                "amount_cents": amount_cents,
                "source": Topup.Source.CHECKOUT,
                "keep_card": keep_card,
                "reference": reference,
                "created_at": now,
                "next_attempt_at": now + FIRST_LOOK,
            },
        )
        session = _session_of(topup, stripe, customer, success_url, cancel_url)
    if session.url is None or not topup.is_in_flight:
        raise TopupOver
    return topup, session.url


def _session_of(topup: Topup, stripe: Gateway, customer: str, success_url: str, cancel_url: str) -> Session:
    """The top-up's page at Stripe, made where it is missing."""
    if topup.stripe_session_id:
        return stripe.get_session(topup.stripe_session_id)
    try:
        session = stripe.create_topup_session(
            topup_id=topup.pk,
            customer=customer,
            amount_cents=topup.amount_cents,
            keep_card=topup.keep_card,
            success_url=success_url,
            cancel_url=cancel_url,
            expires_at=topup.created_at + PAGE_OPEN,
            key=f"topup:{topup.pk}",
        )
    except RejectedByStripe as refused:
        end_topup(topup=topup, status=Status.FAILED, code=f"{REFUSED_BY_STRIPE}{refused.code}")
        raise
    Topup.objects.filter(pk=topup.pk, stripe_session_id=None).update(stripe_session_id=session.id)
    topup.refresh_from_db()
    return session


def settle_topup(*, session_id: str, now: datetime) -> Topup | None:
    """Look at a session and do what follows: credit its own user, expire it, keep its card, or nothing yet.

    Returns its top-up, None where it is none of ours. Raises StripeFailure.
    """
    stripe = gateway.connect()
    session = stripe.get_session(session_id)
    topup = settle_session(session=session, livemode=stripe.livemode, now=now)
    if topup is not None and topup.is_in_flight and session.status == "complete" and session.payment_id:
        # Paid in a way that takes days: only the payment knows whether it is still under way.
        payment = stripe.get_payment(session.payment_id)
        if payment.status in UNPAID_FOR_GOOD:
            return fail_topup(topup=topup, code=payment.error_code or payment.status, now=now)
    return topup


def settle_session(*, session: Session, livemode: bool, now: datetime) -> Topup | None:
    """As `settle_topup`, of a session that was just fetched."""
    if session.mode == "setup":
        cards.keep_card(session=session)
        return None
    # Only our key writes metadata; the reference alone may be a buyer's own, in the address of a payment link.
    topup = _topup_named(session.topup_id) if session.topup_id == session.client_reference_id else None
    if topup is None:
        return None
    if topup.stripe_session_id is None:  # Made at Stripe, though its answer never reached us.
        Topup.objects.filter(pk=topup.pk, stripe_session_id=None).update(stripe_session_id=session.id)
        topup.refresh_from_db()
    fault = _fault_of(topup, session, livemode)
    if fault:
        return quarantine(topup=topup, code=fault)
    if session.payment_status == "paid" and session.charge is not None:
        reason = f"topup:{session.id}"
        return credit_topup(topup=topup, reason=reason, payment_id=session.payment_id, charge=session.charge, now=now)
    if session.status == "expired":
        return end_topup(topup=topup, status=Status.EXPIRED)
    if session.status == "complete":  # Paid in a way that takes days.
        Topup.objects.in_flight().filter(pk=topup.pk).update(last_error=PROCESSING)
        topup.refresh_from_db()
    return topup


def settle_payment(*, payment: Payment, livemode: bool, now: datetime) -> Topup | None:
    """Credit an automatic top-up that was paid. Checkout's payments are settled by their session."""
    topup = _topup_named(payment.topup_id)
    if topup is None or not topup.is_automatic:
        return None
    if payment.status != "succeeded" or payment.charge is None:
        return topup
    if payment.livemode != livemode or (payment.amount_cents, payment.currency) != (topup.amount_cents, USD):
        return quarantine(topup=topup, code="amount_mismatch", payment_id=payment.id)
    if topup.stripe_payment_intent_id not in (None, payment.id) and topup.has_arrived:
        log.error("a top-up was paid twice", extra={"topup": str(topup.pk), "payment": payment.id})
        return topup
    reason = f"topup:{payment.id}"
    return credit_topup(topup=topup, reason=reason, payment_id=payment.id, charge=payment.charge, now=now)


def _topup_named(topup_id: str | None) -> Topup | None:
    try:
        return Topup.objects.select_related("user").filter(pk=UUID(topup_id or "")).first()
    except ValueError:
        return None


def _fault_of(topup: Topup, session: Session, livemode: bool) -> str | None:
    """Return a code for the first way in which the session differs from the top-up's row; None if it matches."""
    if topup.is_automatic or topup.stripe_session_id != session.id:
        return "session_mismatch"
    if session.livemode != livemode:
        return "livemode_mismatch"
    if (session.amount_cents, session.currency) != (topup.amount_cents, topup.currency):
        return "amount_mismatch"
    return None


@transaction.atomic
def credit_topup(*, topup: Topup, reason: str, payment_id: str | None, charge: Charge, now: datetime) -> Topup:
    """Credit the money, once; what the user owes is paid out of it first."""
    debts.lock_balances(topup.user)
    row = Topup.objects.select_for_update().select_related("user").get(pk=topup.pk)
    if row.has_arrived or row.is_held or row.was_closed:
        return row
    ledger.post_transfer(
        debit=debts.CLEARING,
        credit=ledger.wallet_of(row.user),
        amount_cents=row.amount_cents,
        reason=reason,
        now=now,
        event_at=charge.created,
    )
    post_fee(charge.fee_txn, charge.fee_cents, now=now, event_at=charge.created)
    row.status, row.error_code, row.settled_at, row.next_attempt_at = Status.SUCCEEDED, "", now, None
    row.stripe_payment_intent_id, row.stripe_charge_id = payment_id, charge.id
    row.save()
    debts.collect_debt(user=row.user, token=str(row.pk), now=now)
    _after_arrival(row, now)
    return row


def _after_arrival(row: Topup, now: datetime) -> None:
    profile = PaymentProfile.objects.filter(user=row.user)
    profile.update(auto_topup_failures=0, auto_topup_not_before=None, auto_topup_paused_code="")
    if row.keep_card:
        profile.update(has_payment_method=True)
    how = "Your saved card was charged" if row.is_automatic else "Your payment arrived"
    text = f"{how}: {format_cents(row.amount_cents)} was added to your wallet."
    tell(user=row.user, kind="topup", subject=f"{format_cents(row.amount_cents)} added", text=text, now=now)
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


def end_topup(*, topup: Topup, status: Topup.Status, code: str = "") -> Topup:
    """It failed or expired; no money moved. One that has ended otherwise stays as it is."""
    Topup.objects.in_flight().filter(pk=topup.pk).update(status=status, error_code=code[:100], next_attempt_at=None)
    topup.refresh_from_db()
    return topup


@transaction.atomic
def fail_topup(*, topup: Topup, code: str, now: datetime) -> Topup:
    """A payment that was made did not go through in the end; its owner is told."""
    ended = end_topup(topup=topup, status=Status.FAILED, code=code)
    text = f"Your payment of {format_cents(ended.amount_cents)} did not go through; you were not charged."
    tell(user=ended.user, kind="topup_failed", subject="A payment failed", text=text, now=now)
    return ended


def quarantine(*, topup: Topup, code: str, payment_id: str | None = None) -> Topup:
    """Hold a top-up of which Stripe reports something else than was asked for: a person looks before money moves."""
    log.error("top-up quarantined", extra={"topup": str(topup.pk), "code": code})
    # What a person has looked at and closed is not held again.
    rows = Topup.objects.filter(pk=topup.pk).exclude(status=Status.SUCCEEDED).exclude(error_code=CLOSED_BY_STAFF)
    named = {"stripe_payment_intent_id": payment_id} if payment_id else {}
    rows.update(status=Status.QUARANTINED, error_code=code, next_attempt_at=None, **named)
    topup.refresh_from_db()
    return topup


def return_from_checkout(*, user: User, session_id: str, now: datetime) -> Topup | None:
    """The user is back from Stripe's page: settle what is to be settled, and return the top-up if it is theirs.

    Where Stripe does not answer now, the top-up is returned as it stands; the sweep asks again.
    """
    row = Topup.objects.filter(stripe_session_id=session_id).first()
    if row is None:
        return None
    if row.is_in_flight:
        try:
            row = settle_topup(session_id=session_id, now=now) or row
        except StripeFailure as failure:
            log.warning("not settled on return", extra={"session": session_id, "failure": str(failure)})
    return row if row.user_id == user.pk else None


def check_topup(*, topup_id: UUID, now: datetime) -> Topup | None:
    """Ask Stripe about a Checkout top-up that nobody came back from. Raises StripeFailure."""
    topup = Topup.objects.take(topup_id, now)
    if topup is None:
        return None
    # Written before the call: a row that makes it fail must not be asked about in every round.
    later = back_off(now, topup.tries + 2, most=LOOK_SECONDS_MAX)
    topup.put_back(later, topup.last_error, tries=topup.tries + 1)
    if topup.stripe_session_id:
        return settle_topup(session_id=topup.stripe_session_id, now=now)
    if topup.created_at <= now - SESSIONLESS_MAX:
        return end_topup(topup=topup, status=Status.EXPIRED)
    return topup
