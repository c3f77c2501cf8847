"""Staff decisions about money: who may take them, and the audit event written in the act's own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User, record_audit
from accounts.permissions import require_moderator, right_to_change
from core.errors import Forbidden, Invalid
from core.text import TOLD_CHARS_MAX, fault_in
from wallet.books.links import same_person
from wallet.books.stakes import have_stake
from wallet.models import Dispute, HeldPayout, PaymentProfile, StripeEvent, Topup, Withdrawal
from wallet.signals import was_decided

Decided = Topup | Withdrawal | StripeEvent | HeldPayout | Dispute


def require_may_decide(*, staff: User, row: Decided, reason: str) -> None:
    """Refuse whoever may not change such a row, gives no reason, or would decide about their own money."""
    require_moderator(staff, reason, right=right_to_change(row))
    if is_about(staff, row):
        raise Forbidden(_("This is about your own money, or a prize of yours: somebody else must decide here."))


def record_decision(
    *, staff: User, action: str, row: Decided, reason: str, now: datetime, told: str | None = None
) -> None:
    """Ask `require_may_decide` and write down who decided what, when and why; `told` is what its owner reads of it."""
    require_may_decide(staff=staff, row=row, reason=reason)
    if told is not None and (fault := fault_in(told, chars_max=TOLD_CHARS_MAX)):
        raise Invalid({"told": fault})
    changes = None if told is None else {"told": ["", told]}
    kind = "event" if isinstance(row, StripeEvent) else row._meta.model_name
    name = f"{kind}:{row.pk}"
    event = record_audit(actor=staff, action=action, target=name, reason=reason, changes=changes, now=now)
    was_decided.send(sender=type(row), row=row, staff=staff, event=event, now=now)


def is_about(staff: User, row: Decided) -> bool:
    """Whether the row is about money of theirs, or of an account that seems to be theirs, or that they play for."""
    people = same_person(staff)
    if isinstance(row, HeldPayout):
        return not people.isdisjoint((row.payer_id, row.payee_id))
    if isinstance(row, StripeEvent):
        return _event_is_about(people, row)
    topup = row.topup if isinstance(row, Dispute) else row
    return row.user_id in people or (isinstance(topup, Topup) and have_stake(people, topup))


def _event_is_about(people: set[UUID], event: StripeEvent) -> bool:
    ids = _ids_in(event)
    paid = Q(stripe_session_id__in=ids) | Q(stripe_payment_intent_id__in=ids) | Q(stripe_charge_id__in=ids)
    known = Q(stripe_customer_id__in=ids) | Q(stripe_account_id__in=ids)
    topups = Topup.objects.filter(paid | Q(disputes__in=ids) | Q(doubts__source__in=ids)).distinct()
    return (
        PaymentProfile.objects.filter(known, user__in=people).exists()
        or any(have_stake(people, topup) for topup in topups)
        or Withdrawal.objects.filter(user__in=people, stripe_transfer_id__in=ids).exists()
    )


def _ids_in(event: StripeEvent) -> set[str]:
    """Every id by which the event may be about somebody."""
    data: Any = event.payload.get("data") or {}
    about: Any = data.get("object") or {}
    names = ("id", "customer", "charge", "payment_intent", "transfer", "account")
    ids = {about.get(name) for name in names} | {event.account, event.object_id}
    return {id_ for id_ in ids if isinstance(id_, str)}
