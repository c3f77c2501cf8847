"""Payments in doubt: disputed, refunded beyond what was left of them, or reported by the bank as a fraud.

What such a payment has paid for is held, wherever it has come to: drops that are still in escrow when they are decided,
prizes that can't be withdrawn yet, and what its owner has withdrawn, as far as they owe.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Refused
from wallet import gateway
from wallet.decisions import record_decision
from wallet.models import Doubt, FraudWarning, HeldPayout, Part, Topup, Transfer
from wallet.money import format_cents_lazy
from wallet.money_in.paid_by import topup_paid_by
from wallet.money_out.held_payouts import doubt_about, hold_paid_prize, let_go
from wallet.money_out.recalls import start_recalls
from wallet.notifications import tell


class NotInDoubt(Refused):
    code = "not_in_doubt"
    message = _("Nobody doubts this payment, or its dispute goes on by itself.")


def note_fraud_warning(*, warning_id: str, now: datetime) -> Topup | None:
    """Hold what a payment has paid for whose bank calls it a fraud. None if it is about none of our top-ups."""
    warning = gateway.connect().get_fraud_warning(warning_id)
    topup = topup_paid_by(warning.payment_id, warning.charge, now=now)
    with transaction.atomic():
        if topup is not None:
            lock_topup(topup)
        row, is_new = FraudWarning.objects.get_or_create(pk=warning_id, defaults={"topup": topup, "noted_at": now})
        if topup is not None and is_new and warning.is_actionable:
            doubt_topup(topup=topup, kind=Doubt.Kind.FRAUD_WARNING, source=warning_id, now=now)
            if topup.amount_cents <= int(settings.FRAUD_WARNING_REFUND_CENTS_MAX):
                FraudWarning.objects.filter(pk=row.pk).update(next_attempt_at=now)
    return topup


def lock_topup(topup: Topup) -> None:
    """Hold its owner and its row until the transaction ends; before any account, as whoever pays a prize does."""
    User.objects.lock(topup.user_id)
    Topup.objects.select_for_update(no_key=True).get(pk=topup.pk)


@transaction.atomic
def doubt_topup(*, topup: Topup, kind: Doubt.Kind, source: str, now: datetime) -> None:
    """Write down the doubt, hold the prizes that the payment has paid, and call back what its owner owes.

    `source` is Stripe's id of what casts it; doubt that has ended isn't cast again by the same. Under `lock_topup`.
    A prize that is being paid out at this moment is found here, or finds this.
    """
    doubt, _is_new = Doubt.objects.get_or_create(topup=topup, kind=kind, source=source, defaults={"since": now})
    if doubt.ended_at is not None:
        return
    for payout in _payouts_of(topup):
        if hold_paid_prize(payout=payout, topup=topup, now=now):
            _tell_held(payout, now)
    start_recalls(user=topup.user, now=now)


def _payouts_of(topup: Topup) -> list[Transfer]:
    carried = Part.objects.filter(origin__reason=topup.reason, transfer__kind="payout").values("transfer")
    return list(Transfer.objects.filter(pk__in=carried).select_related("credit__user").order_by("pk"))


def _tell_held(payout: Transfer, now: datetime) -> None:
    payee = payout.credit.user
    assert payee is not None
    text = format_lazy(
        _(
            "A bank doubts the payment behind your prize of {cents}. Our staff are looking into it; until then the "
            "prize can't be withdrawn."
        ),
        cents=format_cents_lazy(payout.amount),
    )
    tell(user=payee, kind="payout_held", subject=_("A prize is held"), text=text, now=now)


@transaction.atomic
def end_doubts(*, doubts: Collection[Doubt], topup: Topup, now: datetime) -> bool:
    """End these doubts about a payment. If it was the last, what only it held goes on by itself.

    Says whether any of them stood.
    """
    lock_topup(topup)
    ended = Doubt.objects.standing().filter(pk__in=[doubt.pk for doubt in doubts], topup=topup)
    if not ended.update(ended_at=now):
        return False
    for payout in HeldPayout.objects.open().filter(topup=topup):
        other = doubt_about(payout.reference)
        if other is None and not payout.is_linked:
            let_go(payout=payout, now=now)
        else:
            HeldPayout.objects.filter(pk=payout.pk).update(topup=other)
    return True


@transaction.atomic
def clear_topup(*, topup: Topup, staff: User, reason: str, now: datetime) -> Topup:
    """Trust a payment that was reported as a fraud, or refunded; a dispute about it stays.

    Raises NotInDoubt, Forbidden, Invalid.
    """
    record_decision(staff=staff, action="clear_topup", row=topup, reason=reason, now=now)
    if not end_doubts(doubts=topup.doubts.standing().liftable(), topup=topup, now=now):
        raise NotInDoubt
    topup.refresh_from_db()
    return topup
