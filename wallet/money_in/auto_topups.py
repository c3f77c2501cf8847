"""Automatic top-ups: charge the saved card when the wallet runs low, within limits that nothing goes around.

One in flight (a unique index), one an hour with failures counted, three failures in a row end it, so much a month.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import require_good_standing
from core.queue import back_off
from core.words import Words
from wallet import gateway
from wallet.books import caps, debts, freezes
from wallet.decline_reasons import REFUSED_BY_STRIPE
from wallet.gateway import Declined, Gateway, IdempotencyMismatch, OutcomeUnknown, Payment, RejectedByStripe, TryLater
from wallet.models import Account, PaymentProfile, Topup
from wallet.money import format_cents_lazy
from wallet.money_in.auto_topup_sums import require_not_negative, require_sums
from wallet.money_in.cards import NoCards
from wallet.money_in.endings import end_topup
from wallet.money_in.topups import UNPAID_FOR_GOOD, settle_payment
from wallet.notifications import tell
from wallet.outages import try_again_later

log = logging.getLogger(__name__)

Status = Topup.Status
BETWEEN_CHARGES = timedelta(hours=1)
FAILURES_MAX = 3
AFTER_FAILURE = {1: timedelta(hours=1), 2: timedelta(days=1)}
# After so long no request of ours is on its way any more: what is not at Stripe by now never will be.
UNANSWERED_MAX = timedelta(hours=24)
NEEDS_OWNER, UNWANTED = "authentication_required", "turned_off"
IN_A_DAY = _("We try again in a day if it is still needed.")
IN_AN_HOUR = _("We try again in an hour if it is still needed.")


def set_auto_topup(
    *, user: User, enabled: bool, amount_cents: int | None = None, threshold_cents: int | None = None
) -> PaymentProfile:
    """Turn it on with both sums, or off; sums that are not given stay. Turning it on forgets earlier failures.

    Raises Invalid, NoCards, NotConfigured, Suspended.
    """
    gateway.connect()
    require_good_standing(user)
    with transaction.atomic():
        PaymentProfile.objects.get_or_create(user=user)
        profile = PaymentProfile.objects.select_for_update().get(user=user)
        if amount_cents is not None:
            profile.auto_topup_amount_cents = amount_cents
        if threshold_cents is not None:
            profile.auto_topup_threshold_cents = threshold_cents
        if enabled:
            require_sums(profile.auto_topup_amount_cents, profile.auto_topup_threshold_cents)
            if not profile.has_payment_method:
                raise NoCards
            profile.auto_topup_failures, profile.auto_topup_paused_code = 0, ""
        else:
            require_not_negative(amount_cents, threshold_cents)
        profile.auto_topup_enabled = enabled
        profile.save()
    return profile


def running_low(now: datetime) -> QuerySet[PaymentProfile]:
    """Profiles whose wallet is below their threshold and whose card may be charged now. Unordered."""
    rich = Account.objects.filter(
        user=OuterRef("user"), kind=Account.Kind.WALLET, balance__gte=OuterRef("auto_topup_threshold_cents")
    )
    recent = Topup.objects.filter(user=OuterRef("user"), source=Topup.Source.AUTO).filter(
        Q(created_at__gt=now - BETWEEN_CHARGES) | Q(status__in=("pending", "unknown"))
    )
    return (
        PaymentProfile.objects.filter(auto_topup_enabled=True, auto_topup_paused_code="", stripe_customer_id__gt="")
        .filter(Q(auto_topup_not_before=None) | Q(auto_topup_not_before__lte=now))
        .filter(user__suspended_at=None, user__is_active=True, auto_topup_threshold_cents__gt=0)
        .filter(~Exists(rich), ~Exists(recent))
        .select_related("user")
    )


def left_this_month_cents(user: User, now: datetime) -> int:
    """Return how many cents may still be charged automatically in this calendar month (UTC)."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    charged = Topup.objects.automatic(user).charged_since(month)
    return max(0, int(settings.AUTO_TOPUP_MONTH_CENTS_MAX) - charged)


@transaction.atomic
def start_auto_topup(*, user: User, now: datetime) -> Topup | None:
    """A row for one charge, if every limit allows it by the locked rows; the charge itself comes after the commit."""
    debts.lock_balances(user)
    profile = running_low(now).filter(user=user).first()
    if profile is None or freezes.is_frozen(profile.user):
        return None
    amount = profile.auto_topup_amount_cents or 0
    if amount > min(left_this_month_cents(user, now), caps.topup_room(user, now).cents):
        return None
    pk = uuid4()
    return Topup.objects.create(
        id=pk,
        user=user,
        amount_cents=amount,
        source=Topup.Source.AUTO,
        idempotency_key=f"autotopup:{pk}",
        created_at=now,
        next_attempt_at=now,
    )


def charge_topup(*, topup_id: UUID, now: datetime) -> Topup | None:
    """Charge the saved card for an automatic top-up, or find out what became of a charge that was never answered.

    The same key as long as anything may have happened; a look at Stripe before each repeat.
    """
    row = Topup.objects.take(topup_id, now)
    if row is None:
        return None
    stripe = gateway.connect()
    profile = PaymentProfile.of(row.user)
    customer = profile.stripe_customer_id
    try:
        ended = None if row.called_at is None else _look(row, stripe, customer, now)
        ended = ended or _call_off(row, profile, now)
        if ended is not None:
            return ended
        card = stripe.default_payment_method(customer, now=now) if customer else None
        if customer is None or card is None:
            return _failed(row, "no_payment_method", now)
        return _charge(row, stripe, customer, card, now)
    except (TryLater, OutcomeUnknown) as failure:
        try_again_later(row, failure, now)
    row.refresh_from_db()
    return row


def _call_off(row: Topup, profile: PaymentProfile, now: datetime) -> Topup | None:
    """End a charge that waited, for Stripe or for a worker, and is not wanted any more; None where it still is.

    One that may have been made is looked for until nothing can come of it any more, and not made again.
    """
    if profile.auto_topup_enabled and not freezes.is_frozen(row.user):
        return None
    if row.called_at is not None:
        row.put_back(back_off(now, row.tries), UNWANTED, tries=row.tries + 1)
        return row
    return end_topup(topup=row, status=Status.FAILED, code=UNWANTED, called_at=None, lease_until=row.lease_until)


def _look(row: Topup, stripe: Gateway, customer: str | None, now: datetime) -> Topup | None:
    """End the top-up by what became of an earlier call; None where nothing is known and its key may be tried again."""
    payments = stripe.find_payments(customer=customer, topup_id=row.pk) if customer else []
    payment = next((payment for payment in payments if payment.status == "succeeded"), next(iter(payments), None))
    if payment is not None:
        return _settled(row, payment, stripe, now)
    if row.created_at <= now - UNANSWERED_MAX:
        return _failed(row, "no_answer", now)
    return None


def _charge(row: Topup, stripe: Gateway, customer: str, card: str, now: datetime) -> Topup:
    was_unanswered = row.called_at is not None
    try:
        if freezes.note_call(row, now, status=Status.UNKNOWN):
            return _call(row, stripe, customer, card, now)
    except freezes.Frozen:
        row.put_back(now, UNWANTED)  # Since we asked: the next look ends it.
    except TryLater as early:
        if was_unanswered:
            raise
        # Nothing happened, so nothing has to be looked for.
        try_again_later(row, early, now, called_at=None, status=Status.PENDING)
    return row  # Or we were too slow, and somebody else holds it now.


def _call(row: Topup, stripe: Gateway, customer: str, card: str, now: datetime) -> Topup:
    try:
        payment = stripe.charge_off_session(
            topup_id=row.pk,
            customer=customer,
            payment_method=card,
            amount_cents=row.amount_cents,
            key=f"autotopup:{row.pk}:{row.attempt}",
        )
    except Declined as no:
        code = NEEDS_OWNER if no.needs_authentication else no.decline_code or no.code
        return _failed(row, code, now, payment_id=no.payment_id)
    except IdempotencyMismatch as reused:
        # The first request has reached Stripe, with another card, say. By then it shows there, or nothing came of it.
        log.error("idempotency key reused", extra={"topup": str(row.pk)})
        row.put_back(row.created_at + UNANSWERED_MAX, str(reused))
        return row
    except RejectedByStripe as refused:
        return _failed(row, f"{REFUSED_BY_STRIPE}{refused.code}", now)
    return _settled(row, payment, stripe, now)


def _settled(row: Topup, payment: Payment, stripe: Gateway, now: datetime) -> Topup:
    """Do what the payment's status says; one that is still under way is looked at again later."""
    if payment.status == "succeeded":
        done = settle_payment(payment=payment, livemode=stripe.livemode, now=now)
        if done is not None:
            return done
    if payment.status == "requires_action":
        return _failed(row, NEEDS_OWNER, now, payment_id=payment.id)
    if payment.status in UNPAID_FOR_GOOD:
        return _failed(row, payment.error_code or payment.status, now, payment_id=payment.id)
    row.put_back(back_off(now, row.tries), payment.status)
    return row


@transaction.atomic
def _failed(row: Topup, code: str, now: datetime, *, payment_id: str | None = None) -> Topup:
    """As `_fail`, by the worker that holds the row. One that was too slow leaves it to whoever holds it now."""
    debts.lock_balances(row.user)
    if row.lock_if_held() is None:
        row.refresh_from_db()
        return row
    return _fail(row, code, now, payment_id=payment_id)


@transaction.atomic
def _fail(row: Topup, code: str, now: datetime, *, payment_id: str | None = None) -> Topup:
    """No money moved. Waits an hour, then a day; ends after the third in a row, or at once where only the owner can."""
    debts.lock_balances(row.user)
    was_in_flight = Topup.objects.in_flight().filter(pk=row.pk).exists()
    row = end_topup(topup=row, status=Status.FAILED, code=code)
    if not was_in_flight:
        return row
    if payment_id:
        Topup.objects.filter(pk=row.pk, stripe_payment_intent_id=None).update(stripe_payment_intent_id=payment_id)
    profiles = PaymentProfile.objects.filter(user=row.user)
    profiles.update(auto_topup_failures=F("auto_topup_failures") + 1)
    failures = profiles.values_list("auto_topup_failures", flat=True).first() or 0
    if code == "no_payment_method":
        profiles.update(auto_topup_enabled=False, has_payment_method=False)
        ending = _("You have no saved card any more, so automatic top-up is off.")
    elif code == NEEDS_OWNER:
        profiles.update(auto_topup_paused_code=code)
        ending = _("Your bank wants you to confirm it, so automatic top-up pauses until you add money yourself.")
    elif failures >= FAILURES_MAX:
        profiles.update(auto_topup_enabled=False)
        ending = format_lazy(_("That was the {most}rd time in a row, so automatic top-up is off."), most=FAILURES_MAX)
    else:
        wait = AFTER_FAILURE[max(1, failures)]
        profiles.update(auto_topup_not_before=now + wait)
        ending = IN_A_DAY if wait.days else IN_AN_HOUR
    _tell_failure(row, ending, now)
    return row


def _tell_failure(row: Topup, ending: Words, now: datetime) -> None:
    failed = _("Automatic top-up could not charge {amount}; you were not charged. {ending}")
    text = format_lazy(failed, amount=format_cents_lazy(row.amount_cents), ending=ending)
    tell(user=row.user, kind="auto_topup_failed", subject=_("Automatic top-up failed"), text=text, now=now)


def note_payment(*, payment: Payment, livemode: bool, now: datetime) -> Topup | None:
    """Settle or fail the automatic top-up that a payment event is about, and return it; None where it is about none."""
    topup = settle_payment(payment=payment, livemode=livemode, now=now)
    if topup is None or not topup.is_in_flight or topup.called_at is None:
        return topup
    if payment.status == "requires_action" or payment.error_code == NEEDS_OWNER:
        return _fail(topup, NEEDS_OWNER, now, payment_id=payment.id)
    if payment.status in UNPAID_FOR_GOOD:
        return _fail(topup, payment.error_code or payment.status, now, payment_id=payment.id)
    return topup
