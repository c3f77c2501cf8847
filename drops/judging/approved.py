"""The end of a verdict that waited for a second person: the drop is over, or its last answer taken back."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from drops.contest import rules
from drops.contest.eligibility import Eligibility
from drops.judging import second_look, steps
from drops.judging.by_hand import last_answer, write_reason
from drops.judging.picks import Pick
from drops.judging.replaying import next_step
from drops.judging.rounds import lock_drop
from drops.models import JUDGE_RIGHTS, Drop
from drops.ranking import Verdict
from wallet import approvals
from wallet.models import Approval


def _end(approval: Approval, staff: User, reason: str, now: datetime) -> None:
    drop = lock_drop(_drop_of(approval))
    rules.check_judge(drop, Eligibility(user=staff, now=now))
    verdict = next_step(drop.round)
    asked = {name: approval.asks[name] for name in ("winner", "grade")}
    if not isinstance(verdict, Verdict) or second_look.in_short(verdict) != asked:
        raise approvals.ApprovalOver
    words = {"reason": approval.asks["reason"], "private_note": reason}
    write_reason(drop=drop, staff=staff, pick=Pick(approval.asks["left"], **words), now=now, changes=approval.by_both())
    steps.settle(drop=drop, now=now)


def _take_back(approval: Approval, staff: User, now: datetime) -> None:
    """Ask the last question again, which is the only way on from a verdict that was not approved."""
    drop = lock_drop(_drop_of(approval))
    answer = last_answer(drop) if drop.current_round is not None else None
    if answer is not None and isinstance(next_step(drop.round), Verdict):
        answer.taken_back_at, answer.taken_back_by = now, staff
        answer.save(update_fields=["taken_back_at", "taken_back_by"])


def _drop_of(approval: Approval) -> Drop:
    return Drop.objects.get(pk=approval.target_id)


def _require_apart(approval: Approval, staff: User, now: datetime) -> None:
    if rules.is_stake_of_one(_drop_of(approval), staff):
        raise rules.NotYoursToJudge


LABEL = _("Give the verdict")
approvals.register(approvals.Kind(second_look.KIND, LABEL, JUDGE_RIGHTS, _end, _require_apart, refused=_take_back))
