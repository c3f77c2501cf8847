"""Money in: a top-up begins with a row, and ends when Stripe says that it was paid. Credited once, whoever asks."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import require_good_standing
from core.errors import Invalid, Refused
from core.queue import back_off
from core.text import uuid_of
from wallet import gateway
from wallet.books import caps
from wallet.decline_reasons import REFUSED_BY_STRIPE
from wallet.gateway import Gateway, Payment, RejectedByStripe, Session, StripeFailure
from wallet.models import USD, Topup
from wallet.models.money_in import PROCESSING
from wallet.money import format_cents
from wallet.money_in import cards
from wallet.money_in.endings import credit_topup, end_topup, fail_topup, quarantine
from wallet.outages import stripe_failures_as_refusals
from wallet.rate_limit import require_within_rate_limit

log = logging.getLogger(__name__)

Status = Topup.Status
DAY = timedelta(days=1)
PAGE_OPEN = timedelta(hours=1)
FIRST_LOOK = timedelta(minutes=5)
LOOK_SECONDS_MAX = 21_600
# Without a session nobody can pay; by now its key and its page are long gone.
SESSIONLESS_MAX = timedelta(hours=25)
UNPAID_FOR_GOOD = ("requires_payment_method", "canceled")


class TopupOver(Refused):
    code = "topup_over"
    message = gettext_lazy("This payment page was used, or has run out.")
    next_step = gettext_lazy("Your wallet says whether the money is there; otherwise begin a new top-up.")


def require_topup_amount(amount_cents: int) -> None:
    """Raise Invalid where one top-up can't be that much."""
    if fault := amount_fault(amount_cents):
        raise Invalid({"amount_cents": fault})


def amount_fault(amount_cents: int) -> str | None:
    """Return why one top-up can't be that much; None if it can."""
    least, most = settings.TOPUP_CENTS_MIN, settings.TOPUP_CENTS_MAX
    if least <= amount_cents <= most:
        return None
    return _("A top-up is between {least} and {most}.").format(least=format_cents(least), most=format_cents(most))


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
    Raises CapReached, Invalid, NotConfigured, StripeUnavailable, Suspended, TopupOver, TooManyPages.
    """
    stripe = gateway.connect()
    require_good_standing(user)
    require_topup_amount(amount_cents)
    require_within_rate_limit(user, now)
    with stripe_failures_as_refusals(), cards.customer_checked(user, now):
        customer = cards.require_customer(user=user, stripe=stripe)
        pk = uuid4()
        topup = _row_for(
            idempotency_key or f"topup:{pk}",
            now,
            id=pk,
            user=user,
            amount_cents=amount_cents,
            source=Topup.Source.CHECKOUT,
            keep_card=keep_card,
            is_careful=_deserves_care(user, amount_cents, now),
            reference=reference,
        )
        session = _session_of(topup, stripe, customer, success_url, cancel_url)
    if session.url is None or not topup.is_in_flight:
        raise TopupOver
    return topup, session.url


def _deserves_care(user: User, amount_cents: int, now: datetime) -> bool:
    """Whether the payer's bank is to confirm it. With that, a fraud is the bank's loss rather than the house's.

    Until a payment of theirs is so old that its bank would have taken it back, whatever the card that pays this one;
    and from a sum within a day on, in however many payments it comes.
    """
    own = Topup.objects.of(user)
    old = now - timedelta(seconds=settings.TOPUP_HOLD_SECONDS)
    if not own.arrived().filter(created_at__lte=old).exists():
        return True
    return amount_cents + own.charged_since(now - DAY) >= int(settings.THREE_D_SECURE_CENTS)


@transaction.atomic
def _row_for(key: str, now: datetime, **fields: Any) -> Topup:
    """The top-up of this key, made where there is room for it. One user at a time: two must not share the same room."""
    User.objects.lock(fields["user"].pk)
    known = Topup.objects.filter(idempotency_key=key).first()
    if known is not None:
        return known
    caps.require_room(caps.topup_room(fields["user"], now), fields["amount_cents"], caps.ADD)
    return Topup.objects.create(idempotency_key=key, created_at=now, next_attempt_at=now + FIRST_LOOK, **fields)


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
            is_careful=topup.is_careful,
            success_url=success_url,
            cancel_url=cancel_url,
            expires_at=topup.created_at + PAGE_OPEN,
            key=f"topup:{topup.pk}",
        )
    except RejectedByStripe as refused:
        code = f"{REFUSED_BY_STRIPE}{refused.code}"
        # Who pressed twice may have got the page with the other press.
        end_topup(topup=topup, status=Status.FAILED, code=code, stripe_session_id=None)
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
        return quarantine(topup=topup, code=fault, now=now)
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
        return quarantine(topup=topup, code="amount_mismatch", now=now, payment_id=payment.id)
    if topup.stripe_payment_intent_id not in (None, payment.id) and topup.has_arrived:
        log.error("a top-up was paid twice", extra={"topup": str(topup.pk), "payment": payment.id})
        return topup
    reason = f"topup:{payment.id}"
    return credit_topup(topup=topup, reason=reason, payment_id=payment.id, charge=payment.charge, now=now)


def _topup_named(topup_id: str | None) -> Topup | None:
    known = uuid_of(topup_id)
    return Topup.objects.select_related("user").filter(pk=known).first() if known else None


def _fault_of(topup: Topup, session: Session, livemode: bool) -> str | None:
    """Return a code for the first way in which the session differs from the top-up's row; None if it matches."""
    if topup.is_automatic or topup.stripe_session_id != session.id:
        return "session_mismatch"
    if session.livemode != livemode:
        return "livemode_mismatch"
    if (session.amount_cents, session.currency) != (topup.amount_cents, topup.currency):
        return "amount_mismatch"
    return None


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
    if not topup.put_back(later, topup.last_error, tries=topup.tries + 1):
        return topup  # Too slow: somebody else looks at it.
    if topup.stripe_session_id:
        return settle_topup(session_id=topup.stripe_session_id, now=now)
    if topup.created_at <= now - SESSIONLESS_MAX:
        return end_topup(topup=topup, status=Status.EXPIRED, stripe_session_id=None)
    return topup
