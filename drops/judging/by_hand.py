"""Judging by hand, beside the answers themselves: looking ahead, taking the last answer back, and a written reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User, record_audit
from core.errors import Invalid, Refused
from core.live.pubsub import announce
from core.text import REASON_CHARS_MAX, TOLD_CHARS_MAX, apart, as_sentence, fault_in, shows_nothing
from drops.contest import rules
from drops.contest.eligibility import Eligibility
from drops.desk import cases
from drops.judging.picks import Pick, QuestionMovedOn
from drops.judging.replaying import replay
from drops.judging.rounds import lock_drop
from drops.judging.snapshots import field_of
from drops.judging.verdicts import log_act
from drops.models import Drop, JudgeAnswer
from drops.models.rounds import BY_HAND
from drops.ranking import Audience, Pending, Step

TAKEN_BACK_MAX = 100


class TakenBackTooOften(Refused):
    code = "taken_back_too_often"
    message = format_lazy(
        gettext_lazy("You've undone {most} answers on this drop, the most allowed."), most=TAKEN_BACK_MAX
    )
    next_step = gettext_lazy("Answer the question shown now; the last letter is asked for twice.")


def foresee(*, drop: Drop, judge: User, pick: Pick, now: datetime) -> Step:
    """Return what `pick` would lead to if it was given now. Nothing changes. Raises what `answer_question` does."""
    rules.check_judge(drop, Eligibility(user=judge, now=now))
    field = field_of(drop.round)
    step = replay(drop.round, field)
    if not isinstance(step, Pending):
        raise QuestionMovedOn
    return replay(drop.round, field, supposing=[pick.answers(step.question)])


def last_answer(drop: Drop) -> JudgeAnswer | None:
    """Return the answer that can be taken back: the last one that people gave in the drop's open round."""
    by_hand = drop.is_ranking and drop.judge in BY_HAND
    answer: JudgeAnswer | None = drop.round.answers.standing().order_by("id").last() if by_hand else None
    return answer


@transaction.atomic
def take_back_answer(*, drop: Drop, judge: User, answer_id: int, now: datetime) -> Drop:
    """Take the last answer of a judging by hand back: its question is asked again, as if it had not been answered.

    One that was taken back already stays so, and nothing else changes. Raises NotYoursToJudge, TakenBackTooOften, and
    QuestionMovedOn for an answer that is not the last one, or none of this round.
    """
    drop = lock_drop(drop)
    rules.check_judge(drop, Eligibility(user=judge, now=now))
    answer = drop.round.answers.filter(pk=answer_id).first()
    if answer is not None and answer.taken_back_at is not None:
        return drop
    if answer is None or answer != last_answer(drop):
        raise QuestionMovedOn(_("Only the last answer can be taken back, and this is not the last one any more."))
    if drop.round.answers.filter(taken_back_at__isnull=False).count() >= TAKEN_BACK_MAX:
        raise TakenBackTooOften
    answer.taken_back_at, answer.taken_back_by = now, judge
    answer.save(update_fields=["taken_back_at", "taken_back_by"])
    announce([drop.pk])
    return drop


def require_reason_written(pick: Pick) -> None:
    """Raise Invalid for a reason that is missing, and what is no text or too long."""
    if shows_nothing(pick.reason):
        raise Invalid(
            {"reason": _("Write why: this answer ends the drop, and its sender and agents read your reason.")}
        )
    if fault := fault_in(pick.reason, chars_max=TOLD_CHARS_MAX - 1):
        raise Invalid({"reason": fault})
    if fault := fault_in(pick.private_note, chars_max=REASON_CHARS_MAX, required=False):
        raise Invalid({"private_note": fault})


def write_reason(
    *, drop: Drop, staff: User, pick: Pick, now: datetime, changes: Mapping[str, list[Any]] | None = None
) -> None:
    """Keep what staff write with the answer that ends a drop: a reason for the sender and the agents, and a note.

    Called inside the verb's transaction. Raises Invalid as `require_reason_written`.
    """
    require_reason_written(pick)
    drop.round.written_reason = as_sentence(pick.reason)
    drop.round.save(update_fields=["written_reason"])
    log_act(
        drop,
        f"Our moderators wrote: {apart(drop.round.written_reason)}",
        Audience.AGENTS,
        now=now,
    )
    note, told = pick.private_note or pick.reason, {"told": ["", pick.reason], **(changes or {})}
    event = record_audit(actor=staff, action="decide", target=f"drop:{drop.pk}", reason=note, changes=told, now=now)
    cases.close_case("verdict", drop, outcome="decide", by=staff, decision=event, now=now)
