"""Back to the card: what is left of a top-up in the wallet is sent back to where it came from.

The money waits in transit while Stripe is asked, so that nothing can spend it meanwhile. Stripe keeps its fee for the
payment; the house bears that up to a bound for each card, person and month, or topping up in circles would cost it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import require_good_standing
from core.errors import Refused
from wallet import gateway
from wallet.books import debts, freezes, ledger
from wallet.books.links import same_person
from wallet.gateway import Gateway, OutcomeUnknown, RejectedByStripe, StripeRefund, TryLater
from wallet.models import CardRefund, Lot, Topup
from wallet.money import format_cents, format_cents_lazy
from wallet.notifications import tell
from wallet.outages import try_again_later

log = logging.getLogger(__name__)

Status = CardRefund.Status
MONTH = timedelta(days=30)
QUIET = timedelta(hours=1)


class NothingLeft(Refused):
    code = "nothing_left"
    message = gettext_lazy("Nothing of this top-up is left in your wallet.")
    next_step = gettext_lazy("Your statement says where it went.")


class FeesUsedUp(Refused):
    code = "refund_fees_used_up"
    status = 429
    message = gettext_lazy("What Stripe charges for sending your money back is used up for now.")
    next_step = gettext_lazy("The money stays in your wallet, for drops; send it back later.")


@dataclass(frozen=True)
class Returnable:
    """The part of a top-up that is left in its owner's wallet, in cents."""

    topup: Topup
    cents: int


def returnable_to_cards(user: User) -> list[Returnable]:
    """Return what of the wallet could go back to its card, oldest top-up first."""
    lots = Lot.objects.filter(account__user=user, account__kind="wallet", is_earned=False)
    left = dict(lots.values_list("origin__reason", "cents"))
    names = [reason.partition(":")[2] for reason in left]
    topups = Topup.objects.arrived().filter(
        Q(stripe_session_id__in=names) | Q(stripe_payment_intent_id__in=names), user=user
    )
    rows = topups.exclude(stripe_charge_id=None).order_by("created_at")
    return [Returnable(topup, left[topup.reason]) for topup in rows if topup.reason in left]


def start_card_refund(*, user: User, topup_id: UUID, now: datetime) -> CardRefund:
    """Put what is left of a top-up of the user's on its way back to its card; a periodic task asks Stripe.

    Raises NothingLeft, FeesUsedUp, NotConfigured, Suspended, and what `freezes.require_unfrozen` raises.
    """
    gateway.connect()
    require_good_standing(user)
    with transaction.atomic():
        debts.lock_balances(user)
        freezes.require_unfrozen(user)
        asked = next((one for one in returnable_to_cards(user) if one.topup.pk == topup_id), None)
        if asked is None:
            raise NothingLeft
        fee = _fee_of(asked)
        _require_fee_is_within_bound(asked.topup, fee, now)
        pk = uuid4()
        made = CardRefund.objects.create(
            id=pk,
            topup=asked.topup,
            user=user,
            amount_cents=asked.cents,
            fee_cents=fee,
            created_at=now,
            next_attempt_at=now,
        )
        ledger.post_transfer(
            debit=ledger.wallet_of(user),
            credit=debts.transit_of(user),
            amount_cents=asked.cents,
            reason=f"card_refund:{pk}",
            about=asked.topup.reason,
            now=now,
        )
    return made


def _fee_of(asked: Returnable) -> int:
    """Return the part of Stripe's fee for the payment that falls on what goes back, rounded up."""
    topup = asked.topup
    fee = topup.amount_cents * 3 // 100 + 30 if topup.fee_cents is None else topup.fee_cents
    return -(-fee * asked.cents // topup.amount_cents)


def _require_fee_is_within_bound(topup: Topup, fee_cents: int, now: datetime) -> None:
    """One bound for whoever it is, and for the card: further accounts have no more of it."""
    same = Q(user__in=same_person(topup.user, now))
    if topup.fingerprint:
        # One at a time for a card: two accounts must not both be its first.
        Topup.objects.filter(fingerprint=topup.fingerprint).order_by("pk").select_for_update(no_key=True).first()
        same |= Q(topup__fingerprint=topup.fingerprint)
    rows = CardRefund.objects.filter(same, created_at__gt=now - MONTH).exclude(status=Status.FAILED)
    borne = rows.aggregate(cents=Sum("fee_cents"))["cents"] or 0
    most = settings.CARD_REFUND_FEES_MONTH_CENTS_MAX
    first = rows.order_by("created_at").first()
    # A first one goes back whatever its fee: nobody is to be locked in by one large payment.
    if first is not None and borne + fee_cents > most:
        sentence = _("We bear Stripe's fees for money that goes back up to {most} within 30 days.").format(
            most=format_cents(most)
        )
        raise FeesUsedUp(sentence, retry_at=first.created_at + MONTH)


def send_card_refund(*, card_refund_id: UUID, now: datetime) -> CardRefund | None:
    """Ask Stripe to refund, or find out what became of an earlier call. None where it is not due.

    As with withdrawals: the same key while anything may have happened, a look before each repeat, a new key only after
    a quiet time with nothing found.
    """
    row = CardRefund.objects.take(card_refund_id, now)
    if row is None:
        return None
    stripe, charge = gateway.connect(), row.topup.stripe_charge_id or ""
    try:
        if row.called_at is not None:
            made = [one for one in stripe.list_refunds(charge=charge) if one.card_refund_id == str(row.pk)]
            if made:
                return settle_card_refund(card_refund_id=row.pk, refund=made[0], now=now)
            if row.called_at <= now - QUIET and not row.hold(attempt=row.attempt + 1, called_at=None):
                return row  # Too slow: somebody else holds it now.
        return _call(row, stripe, charge, now)
    except (TryLater, OutcomeUnknown) as failure:
        try_again_later(row, failure, now)
    return row


def _call(row: CardRefund, stripe: Gateway, charge: str, now: datetime) -> CardRefund | None:
    was_unanswered = row.called_at is not None
    try:
        if not freezes.note_call(row, now):
            return row  # Too slow: somebody else holds it now.
    except freezes.Frozen:
        if not was_unanswered:
            return fail_card_refund(card_refund=row, code="account_frozen", now=now)
        row.put_back(now + QUIET, "account_frozen")  # Looked for, not asked for again.
        return row
    try:
        refund = stripe.refund_charge(
            charge=charge,
            amount_cents=row.amount_cents,
            card_refund_id=row.pk,
            key=f"card_refund:{row.pk}:{row.attempt}",
        )
    except RejectedByStripe as refused:
        if was_unanswered:
            row.put_back(now + QUIET, refused.code)
            return row
        return fail_card_refund(card_refund=row, code=refused.code or "rejected", now=now)
    return settle_card_refund(card_refund_id=row.pk, refund=refund, now=now)


@transaction.atomic
def settle_card_refund(*, card_refund_id: UUID, refund: StripeRefund, now: datetime) -> CardRefund | None:
    """Stripe has taken it: the money leaves our books, once, whoever brings the news. None if it is none of ours."""
    row = CardRefund.objects.filter(pk=card_refund_id).select_related("user").first()
    if row is None:
        return None
    debts.lock_balances(row.user)
    row = CardRefund.objects.select_for_update().select_related("user").get(pk=card_refund_id)
    if row.status != Status.PENDING or refund.amount_cents != row.amount_cents:
        return row
    ledger.post_transfer(
        debit=debts.transit_of(row.user),
        credit=debts.CLEARING,
        amount_cents=row.amount_cents,
        reason=f"topup_refund:{refund.id}",
        about=f"card_refund:{row.pk}",
        now=now,
        event_at=refund.created,
    )
    row.status, row.stripe_refund_id = Status.COMPLETED, refund.id
    row.next_attempt_at, row.lease_until, row.last_error = None, None, ""
    row.save()
    text = format_lazy(
        gettext_lazy("{amount} went back to the card it came from. Banks show it within ten days."),
        amount=format_cents_lazy(row.amount_cents),
    )
    tell(user=row.user, kind="topup_refunded", subject=gettext_lazy("Money went back to your card"), text=text, now=now)
    return row


@transaction.atomic
def fail_card_refund(*, card_refund: CardRefund, code: str, now: datetime) -> CardRefund:
    """Stripe will not refund it: the money is in the wallet again, still for drops."""
    debts.lock_balances(card_refund.user)
    row = card_refund.lock_if_held()
    if row is None or row.status != Status.PENDING:
        card_refund.refresh_from_db()
        return card_refund
    ledger.post_transfer(
        debit=debts.transit_of(row.user),
        credit=ledger.wallet_of(row.user),
        amount_cents=row.amount_cents,
        reason=f"card_refund_failed:{row.pk}",
        about=f"card_refund:{row.pk}",
        now=now,
    )
    row.status, row.failure_code = Status.FAILED, code[:100]
    row.next_attempt_at, row.lease_until = None, None
    row.save()
    text = format_lazy(
        gettext_lazy("Stripe could not send {amount} back to its card; it is in your wallet again."),
        amount=format_cents_lazy(row.amount_cents),
    )
    tell(user=row.user, kind="refund_failed", subject=gettext_lazy("Money did not go back"), text=text, now=now)
    return row
