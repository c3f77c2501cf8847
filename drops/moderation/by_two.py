"""Acts about much money: one of the staff asks, another approves, and only then it is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, User
from core.text import apart, as_sentence
from core.words import Words
from drops.contest import finishing
from drops.contest.rules import IllegalTransition
from drops.desk.ending import finish_as_approved, require_may_end_case
from drops.models import Drop, EndReason, Submission
from drops.moderation.acts import record_act, require_no_stake
from wallet import approvals
from wallet.models import Approval
from wallet.money import format_cents, net_cents

REMOVE, STOP, DISQUALIFY = "remove", "stop", "disqualify"
RIGHTS = ("drops.change_drop",)
ASKED: dict[str, Words] = {
    REMOVE: _("Remove “{drop}” and refund {amount} to its sender"),
    STOP: _("Stop “{drop}” and refund {amount} to its sender"),
    DISQUALIFY: _("Disqualify the last entry to “{drop}”: {amount} goes back to its sender if no other comes"),
}
# Of one entry among several.
ASKED_OF_ONE = _("Disqualify Seat {seat}'s entry to “{drop}”: it can no longer win {amount}")


def takes_two(drop: Drop) -> bool:
    """Whether ending `drop` with a refund takes a second person."""
    return drop.paid_at is not None and drop.price_cents > settings.FOUR_EYES_REFUND_CENTS


def ask_for(kind: str, drop: Drop, *, staff: User, told: str, reason: str, now: datetime) -> Approval:
    """Ask for a drop's end with a refund, on record."""
    summary = _summary(kind, drop)
    record_act(staff, f"ask-{kind}", drop, reason, now, told=told, changes={"asks": ["", summary]})
    drop = Drop.objects.lock(drop.pk)
    if not (drop.is_open if kind == REMOVE else drop.is_ranking):
        raise IllegalTransition
    words: dict[str, Any] = {"kind": kind, "target": f"drop:{drop.pk}", "summary": summary, "asks": {}}
    return approvals.ask(**words, staff=staff, told=told, reason=reason, now=now)


def ask_to_disqualify(submission: Submission, *, staff: User, told: str, reason: str, now: datetime) -> Approval:
    """Ask, on record, for an entry to be taken out of a contest for a large sum."""
    drop = submission.drop
    facts = {"drop": apart(drop.heading), "amount": format_cents(net_cents(drop.price_cents))}
    words = str(ASKED_OF_ONE).format(**facts, seat=submission.claim.seat)
    summary = _summary(DISQUALIFY, drop) if is_refund(submission, drop) else words
    record_act(staff, f"ask-{DISQUALIFY}", submission, reason, now, told=told, changes={"asks": ["", summary]})
    asked: dict[str, Any] = {"kind": DISQUALIFY, "target": f"submission:{submission.pk}", "summary": summary}
    return approvals.ask(**asked, asks={}, staff=staff, told=told, reason=reason, now=now)


def is_refund(submission: Submission, drop: Drop) -> bool:
    """Whether no entry but this one stands, on a drop that has not ended: without it the money goes back."""
    if submission.disqualified_at is not None or not (drop.is_open or drop.is_ranking):
        return False
    return not drop.submissions.standing().exclude(pk=submission.pk).exists()


def _summary(kind: str, drop: Drop) -> str:
    return str(ASKED[kind]).format(drop=apart(drop.heading), amount=format_cents(drop.price_cents))


def _remove(approval: Approval, staff: User, reason: str, now: datetime) -> None:
    drop, event = _recorded(approval, staff, reason, now)
    finishing.remove_drop(drop=drop, told=as_sentence(approval.told), now=now)
    finish_as_approved(approval, event=event, now=now)


def _stop(approval: Approval, staff: User, reason: str, now: datetime) -> None:
    drop, event = _recorded(approval, staff, reason, now)
    told = as_sentence(approval.told)
    finishing.fail_drop(drop=drop, reason=EndReason.STOPPED_BY_STAFF, told=told, now=now)
    finish_as_approved(approval, event=event, now=now)


def _recorded(approval: Approval, staff: User, reason: str, now: datetime) -> tuple[Drop, AuditEvent]:
    require_may_end_case(approval, staff)
    drop = Drop.objects.get(pk=approval.target_id)
    both, told = approval.by_both(), approval.told
    return drop, record_act(staff, approval.kind, drop, reason, now, told=told, changes=both)


def _require_apart(approval: Approval, staff: User, now: datetime) -> None:
    require_may_end_case(approval, staff)
    require_no_stake(staff, Drop.objects.get(pk=approval.target_id), now)


approvals.register(approvals.Kind(REMOVE, _("Remove and refund"), RIGHTS, _remove, _require_apart))
approvals.register(approvals.Kind(STOP, _("Stop and refund"), RIGHTS, _stop, _require_apart))
