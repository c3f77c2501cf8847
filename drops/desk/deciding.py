"""Deciding a case: one of the acts that fit it, and its end, together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AuditEvent, User
from accounts.permissions import require_moderator
from drops.contest.rules import IllegalTransition
from drops.desk.cases import lock_case
from drops.desk.deciders import WORK
from drops.desk.dismissing import dismiss_case, is_upholdable, uphold_case
from drops.desk.ending import finish, name_decider
from drops.desk.holding import require_free, require_own_hands_clean
from drops.desk.waiting import keep_open, require_nothing_asked
from drops.models import Case
from drops.moderation import decisions, disqualifying, people, takedowns
from wallet.models import Approval
from wallet.money_in import quarantine
from wallet.money_out import held_payouts, withdrawals

RowOf = Callable[[Case], Any]


@dataclass(frozen=True)
class Decision:
    """One way to decide a case: the verb `call` on the row that `row_of` finds (None where there is none to act on).

    `name` and `subject` are as in the admin's verb of the same name. `is_told` is whether somebody hears of it. Where
    `closes_itself`, the act's own transaction closes the case; it may call somebody outside before that, unless it
    `stays_inside`.
    """

    name: str
    subject: str
    call: Callable[..., Any]
    row_of: RowOf
    is_told: bool = True
    closes_itself: bool = False
    stays_inside: bool = False


def _winner(case: Case) -> Any:
    return case.contest.winning_submission if case.contest else None


def _reported_feedback(case: Case) -> Any:
    reports = case.reports.filter(handled_at__isnull=True, feedback__isnull=False)
    return reports.select_related("feedback", "drop", "reporter").order_by("pk").first()


def _sender(case: Case) -> Any:
    return case.contest.sender if case.contest else None


DISMISS = Decision("dismiss-case", "case", dismiss_case, lambda case: case, closes_itself=True)
UPHOLD = Decision(
    "uphold-case",
    "case",
    uphold_case,
    lambda case: case if is_upholdable(case) else None,
    is_told=False,
    closes_itself=True,
)
ON_DROP = (
    Decision("remove", "drop", decisions.remove_drop, lambda case: case.contest),
    Decision("stop", "drop", decisions.stop_drop, lambda case: case.contest),
    Decision("hide-drop", "drop", takedowns.hide_drop, lambda case: case.contest),
    Decision("hide-work", "submission", takedowns.hide_work, _winner),
    Decision("judge-by-hand", "drop", decisions.judge_by_hand, lambda case: case.contest),
    Decision("suspend", "user", people.suspend_user, _sender),
)
ON_ENTRY = (
    Decision("hide-feedback", "report", decisions.hide_feedback, _reported_feedback),
    Decision("disqualify", "submission", disqualifying.disqualify_entry, lambda case: case.submission),
    Decision("hide-work", "submission", takedowns.hide_work, lambda case: case.submission),
    Decision("suspend", "user", people.suspend_user, lambda case: case.submission and case.submission.user),
)
ON_PERSON = (
    Decision("take-handle", "user", people.take_handle, lambda case: case.person),
    Decision("hide-profile", "user", takedowns.hide_profile, lambda case: case.person),
    Decision("suspend", "user", people.suspend_user, lambda case: case.person),
)
BY_KIND: dict[str, tuple[Decision, ...]] = {
    "drop": (DISMISS, UPHOLD, *ON_DROP),
    "verdict": (
        Decision("stop", "drop", decisions.stop_drop, lambda case: case.verdict, closes_itself=True, stays_inside=True),
    ),
    "submission": (DISMISS, UPHOLD, *ON_ENTRY),
    "person": (DISMISS, UPHOLD, *ON_PERSON),
    "withdrawal": (
        Decision(
            "resume",
            "withdrawal",
            withdrawals.resume_withdrawal,
            lambda case: case.withdrawal,
            is_told=False,
            closes_itself=True,
        ),
    ),
    "topup": (
        Decision(
            "release", "topup", quarantine.release_topup, lambda case: case.topup, is_told=False, closes_itself=True
        ),
        Decision("close", "topup", quarantine.close_topup, lambda case: case.topup, closes_itself=True),
    ),
    "payout": (
        Decision("release", "payout", held_payouts.release_payout, lambda case: case.payout, closes_itself=True),
        Decision("return", "payout", held_payouts.return_payout, lambda case: case.payout, closes_itself=True),
    ),
}


def decisions_for(case: Case) -> list[tuple[Decision, Any]]:
    """Return the ways to decide a case, each with the row it would act on."""
    pairs = [(decision, decision.row_of(case)) for decision in BY_KIND[case.kind]]
    return [(decision, row) for decision, row in pairs if row is not None]


def decide_case(*, case: Case, decision: str, staff: User, told: str, reason: str, now: datetime) -> Case:
    """Carry out one of the decisions that fit a case, by its name, and close the case with it. One that takes two is
    only asked for, and the case stays open until it is done.

    Raises AlreadyDone, AskedAlready, HeldByAnother, Forbidden, IllegalTransition, and what the act raises.
    """
    require_moderator(staff, reason, right=WORK)
    case = Case.objects.with_targets().get(pk=case.pk)
    require_own_hands_clean(case, staff)
    require_free(case, staff, now)
    require_nothing_asked(case, now)
    chosen, row = next((pair for pair in decisions_for(case) if pair[0].name == decision), (None, None))
    if chosen is None:
        raise IllegalTransition(_("This case can't be decided like that any more."))
    asked: dict[str, Any] = {chosen.subject: row, "staff": staff, "reason": reason, "now": now}
    if chosen.is_told:
        asked["told"] = told
    if chosen.closes_itself:
        # Nobody approves what was asked for before its case waits for that.
        with transaction.atomic() if chosen.stays_inside else nullcontext():
            result = chosen.call(**asked)
            return _after_its_own_end(case, chosen, result, staff, now)
    with transaction.atomic():
        result = chosen.call(**asked)
        # After the act, since it locks what comes before a case. Somebody may have closed it meanwhile: then not.
        case = lock_case(case)
        require_free(case, staff, now)
        if isinstance(result, Approval):
            keep_open(case, result)
            return case
        finish(case, staff=staff, outcome=chosen.name, event=_record_of(staff, now), now=now)
    return case


def _after_its_own_end(case: Case, chosen: Decision, result: Any, staff: User, now: datetime) -> Case:
    """Name who decided, where what happened by it closed the case and knew of nobody."""
    if isinstance(result, Approval):
        keep_open(case, result)
    else:
        name_decider(case, outcome=chosen.name, event=_record_of(staff, now), now=now)
    case.refresh_from_db()
    return case


def _record_of(staff: User, now: datetime) -> AuditEvent:
    """Return the record that the act has just left."""
    return AuditEvent.objects.filter(actor=staff, created_at=now).latest("pk")
