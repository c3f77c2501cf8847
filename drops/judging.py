"""From the bell to the verdict: who judges, what they are asked, and what becomes of their answers.

`ranking` compares and knows no rows; this room builds its field, stores each answer as it comes and, once
there is an outcome, calls the verb of `lifecycle` that ends the drop. People answer at a door; a judge behind a
network must be asked with no transaction open.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clorp.accounts.models import AuditEvent, User, record_audit
from drops import rules
from drops.frozen import field_of, freeze_entries
from drops.lifecycle import complete_drop, fail_drop
from drops.models import Drop, JudgeAnswer, Outcome
from drops.models.drop import JudgeKind
from drops.panel import sittings
from drops.picking import Pick, QuestionMovedOn
from drops.ranking import (
    AnswerMisfit,
    Audience,
    Field,
    Grade,
    Judge,
    LogLine,
    NeedsHuman,
    Pair,
    Pending,
    SenderPicks,
    StaffPicks,
    Step,
    answer_from_json,
)
from drops.ranking import Outcome as Verdict
from drops.rounds import hand_to_staff, judge_for, lock_drop, seat_judge
from drops.rules import IllegalTransition, Standing
from drops.verdicts import append_log

JUDGES: dict[str, Judge] = {JudgeKind.SENDER: SenderPicks(), JudgeKind.STAFF: StaffPicks()}


def next_step(drop: Drop) -> Step:
    """What the drop's judge asks next, or what it found, replayed from the stored answers."""
    return replay(drop, field_of(drop))


def replay(drop: Drop, field: Field) -> Step:
    """`next_step`, for whoever has the drop's field already. Raises AnswerMisfit where the answers are to another."""
    panel = drop.seated_judge == JudgeKind.PANEL
    judge = sittings.panel_of(sittings.sitting_of(drop)) if panel else JUDGES[drop.seated_judge]
    stored = drop.judge_answers.filter(round=drop.judging_round).order_by("id")
    return judge.resume(field, [answer_from_json(row.answer) for row in stored])


def question_for(*, drop: Drop, judge: User, now: datetime) -> Pending | None:
    """The question that `judge` is to answer now, None when none is left. That staff read its entries is recorded.

    Raises NotYoursToJudge.
    """
    rules.check_judge(drop, Standing(user=judge, now=now))
    step = next_step(drop)
    if not isinstance(step, Pending):
        return None
    if drop.judge == JudgeKind.STAFF:
        _record_reading(judge, drop, step.question, now)
    return step


def _record_reading(staff: User, drop: Drop, question: Pair | Grade, now: datetime) -> None:
    """What staff read of sealed work is on record before they see it; once, however often the page is loaded."""
    slots = (question.left, question.right) if isinstance(question, Pair) else (question.slot,)
    for slot in slots:
        seen: dict[str, Any] = {"actor": staff, "action": "read-to-judge", "target": f"submission:{slot}"}
        if not AuditEvent.objects.filter(**seen).exists():
            record_audit(**seen, reason=f"To judge drop {drop.pk}.", now=now)


@transaction.atomic
def answer_question(*, drop: Drop, judge: User, pick: Pick, now: datetime) -> Drop:
    """Store one answer of the sender or of staff; the last one ends the drop in the same transaction.

    Raises NotYoursToJudge, QuestionMovedOn where another tab was quicker, Invalid for a pick that makes no sense.
    """
    # Under the row's lock, or two tabs could answer the same question with different minds.
    drop = lock_drop(drop)
    rules.check_judge(drop, Standing(user=judge, now=now))
    step = next_step(drop)
    if not isinstance(step, Pending):
        raise QuestionMovedOn
    answer = pick.answers(step.question)
    JudgeAnswer.objects.create(
        drop=drop,
        judge=drop.seated_judge,
        round=drop.judging_round,
        key=answer.key,
        answer=answer.to_json(),
        answered_by=judge,
        created_at=now,
    )
    return settle(drop=drop, now=now)


def settle(*, drop: Drop, now: datetime) -> Drop:
    """End `drop` if its judge has found an outcome. May ring twice: whoever comes second changes nothing."""
    return _take_step(drop, next_step(drop), now)


def _take_step(drop: Drop, step: Step, now: datetime) -> Drop:
    with suppress(IllegalTransition):
        if isinstance(step, Verdict):
            _end(drop, step, now)
        else:
            append_log(drop, step.lines, now=now)
            if isinstance(step, NeedsHuman):
                proposed = step.proposal.winner if step.proposal is not None else None
                hand_to_staff(drop=drop, reason=step.reason, now=now, may_stand=step.may_stand, proposed=proposed)
    drop.refresh_from_db()
    return drop


def _end(drop: Drop, verdict: Verdict, now: datetime) -> None:
    if verdict.winner is not None:
        complete_drop(drop=drop, verdict=verdict, now=now)
    else:
        fail_drop(drop=drop, reason=Outcome.NO_PASSING_ENTRY, verdict=verdict, now=now)


@transaction.atomic
def settle_panel(*, drop: Drop, step: Step, still: Callable[[Drop], bool], now: datetime) -> Drop:
    """Write down what the panel has come to: lines for the log, the end, or that staff must look.

    `step` was found outside; `still` says of the locked row whether it is of the round that `step` belongs to.
    """
    drop = lock_drop(drop)
    return _take_step(drop, step, now) if still(drop) else drop


@transaction.atomic
def begin_afresh(*, drop_id: UUID, still: Callable[[Drop], bool], now: datetime) -> None:
    """Start a new round where the answers of this one can't be used any more, if `still` says so of the row."""
    drop = Drop.objects.select_for_update(no_key=True).get(pk=drop_id)
    if still(drop):
        seat_judge(drop=drop, kind=judge_for(drop, now), now=now)


def rank_drop(*, drop: Drop, now: datetime) -> Drop:
    """One bell for a drop in ranking: end what has no entries, seat a judge, hand over what is late, else settle."""
    if not drop.submissions.exists():
        return _fail_quietly(drop, Outcome.NO_SUBMISSIONS, now)
    if not drop.submissions.standing().exists():
        return _fail_quietly(drop, Outcome.NO_PASSING_ENTRY, now)
    # Files lie outside the database, so they are read before any transaction is open.
    freeze_entries(drop)
    return _move_judging_on(drop=drop, now=now)


@transaction.atomic
def _move_judging_on(*, drop: Drop, now: datetime) -> Drop:
    # Another beat, or the sender's answer, may have come since `drop` was loaded: judging must not start afresh then.
    drop = lock_drop(drop)
    if not drop.is_ranking:
        return drop
    if drop.judge is None:
        return seat_judge(drop=drop, kind=judge_for(drop, now), now=now)
    if drop.judge == JudgeKind.SENDER and drop.is_judged_late(now):
        return hand_to_staff(drop=drop, reason="The sender did not judge in time.", now=now)
    if drop.judge == JudgeKind.STAFF and drop.result_stands_at is not None and drop.result_stands_at <= now:
        return _let_result_stand(drop, now)
    # A panel's answers come by way of whoever asks it, outside any transaction.
    return drop if drop.judge == JudgeKind.PANEL else settle(drop=drop, now=now)


def _let_result_stand(drop: Drop, now: datetime) -> Drop:
    """Apply what the panel found and staff did not look at in time; its round is the drop's again, with its answers."""
    drop.result_stands_at = None
    drop.save(update_fields=["result_stands_at"])
    sitting = drop.panel_sittings.order_by("-round").first()
    if sitting is None:
        return drop
    drop.judge, drop.judging_round, drop.judging_seed = JudgeKind.PANEL, sitting.round, sitting.seed
    drop.judging_rubric = sitting.rubric_version
    step: Step | None = None
    with suppress(AnswerMisfit):  # They were asked in words that have changed since: then staff must judge after all.
        step = next_step(drop)
    if not isinstance(step, NeedsHuman) or step.proposal is None or not step.may_stand:
        drop.refresh_from_db()
        return drop
    drop.save(update_fields=["judge", "judging_round", "judging_seed", "judging_rubric"])
    hours = settings.JUDGE_HELD_SECONDS_MAX // 3600
    said = f"Our moderators did not decide within {hours} hours, so the panel's result stands."
    fresh = [line for line in step.proposal.lines if line not in step.lines]
    _end(drop, replace(step.proposal, lines=(LogLine("info", said, Audience.AGENTS), *fresh)), now)
    drop.refresh_from_db()
    return drop


def _fail_quietly(drop: Drop, reason: Outcome, now: datetime) -> Drop:
    with suppress(IllegalTransition):
        fail_drop(drop=drop, reason=reason, now=now)
    return drop
