"""From the bell to the verdict: who judges, what they are asked, and what becomes of their answers.

`ranking` compares and knows no rows; this room builds its field, stores each answer as it comes and, once
there is an outcome, calls the verb of `lifecycle` that ends the drop. People answer at a door; a judge behind a
network must be asked with no transaction open.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from clorp.accounts.models import AuditEvent, User, record_audit
from clorp.accounts.notifications import notify
from clorp.errors import Invalid, Refused
from clorp.live.wires import announce
from drops import rules
from drops.lifecycle import complete_drop, fail_drop
from drops.models import Drop, JudgeAnswer, Outcome, RankingLog, Submission
from drops.models.drop import JudgeKind
from drops.models.judging import Audience, LogType
from drops.packs import PACKS
from drops.ranking import (
    Answer,
    AnswerMisfit,
    Entry,
    Field,
    Grade,
    Judge,
    Letter,
    Pair,
    Pending,
    SenderPicks,
    StaffPicks,
    Step,
    Wave,
    answer_from_json,
    check_answer,
)
from drops.ranking import Outcome as Verdict
from drops.rules import IllegalTransition, Standing
from drops.verdicts import append_log

JUDGES: dict[str, Judge] = {JudgeKind.SENDER: SenderPicks(), JudgeKind.STAFF: StaffPicks()}


class QuestionMovedOn(Refused):
    code = "question_moved_on"
    message = "This answers a question that is no longer asked."
    next_step = "Answer the question shown now."


@dataclass(frozen=True)
class Pick:
    """An answer as it comes in at a door: a side (`left`, `right`, `equal`) for a pair, or a `grade` for one entry."""

    left: str
    right: str | None = None
    pick: str | None = None
    unusable: tuple[str, ...] = ()
    grade: str | None = None

    def answers(self, question: Pair | Grade) -> Answer:
        """As an answer to `question`. Raises QuestionMovedOn for other entries, Invalid for bad shape."""
        try:
            answer = answer_from_json(self._as_json(question.key))
        except ValueError as fault:
            raise Invalid({"pick": str(fault)}) from fault
        try:
            check_answer(question, answer)
        except AnswerMisfit as misfit:
            raise QuestionMovedOn from misfit
        return answer

    def _as_json(self, key: str) -> dict[str, object]:
        if self.grade is not None:
            return {"kind": "grade", "key": key, "slot": self.left, "grade": self.grade}
        return {
            "kind": "pair",
            "key": key,
            "left": self.left,
            "right": self.right,
            "pick": self.pick,
            "unusable": sorted(set(self.unusable)),
        }


def field_of(drop: Drop) -> Field:
    """The entries of `drop` as a judge sees them: texts under opaque slots, no people, no prices, no times."""
    entries = drop.submissions.select_related("counting", "claim")
    by_time = sorted(entries, key=lambda entry: (entry.latest.received_at, entry.claim.created_at, entry.pk))
    pack = PACKS[drop.pack]
    return Field(
        prompt=drop.prompt,
        pack_id=pack.id,
        rubric_version=f"{pack.id}-{pack.rubric_version}",
        seed=drop.judging_seed,
        passing_letter=Letter(pack.passing_grade),
        entries=tuple(_entry(submission, order) for order, submission in enumerate(by_time)),
    )


def _entry(submission: Submission, order: int) -> Entry:
    return Entry(
        slot=str(submission.pk),
        label=f"Seat {submission.claim.seat}",
        order=order,
        text=submission.latest.body,
        disqualified="disqualified by our moderators" if submission.disqualified_at else "",
    )


def next_step(drop: Drop) -> Step:
    """What the drop's judge asks next, or what it found, replayed from the stored answers."""
    judge = JUDGES[drop.seated_judge]
    stored = drop.judge_answers.filter(round=drop.judging_round).order_by("id")
    return judge.resume(field_of(drop), [answer_from_json(row.answer) for row in stored])


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
    drop = _lock(drop)
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
    step = next_step(drop)
    with suppress(IllegalTransition):
        if isinstance(step, Pending | Wave):
            append_log(drop, step.lines, now=now)
        elif isinstance(step, Verdict) and step.winner is not None:
            complete_drop(drop=drop, verdict=step, now=now)
        elif isinstance(step, Verdict):
            fail_drop(drop=drop, reason=Outcome.NO_PASSING_ENTRY, verdict=step, now=now)
        else:
            append_log(drop, step.lines, now=now)
            hand_to_staff(drop=drop, reason=step.reason, now=now)
    drop.refresh_from_db()
    return drop


def rank_drop(*, drop: Drop, now: datetime) -> Drop:
    """One bell for a drop in ranking: end what has no entries, seat a judge, hand over what is late, else settle."""
    if not drop.submissions.exists():
        return _fail_quietly(drop, Outcome.NO_SUBMISSIONS, now)
    if not drop.submissions.standing().exists():
        return _fail_quietly(drop, Outcome.NO_PASSING_ENTRY, now)
    return _move_judging_on(drop=drop, now=now)


@transaction.atomic
def _move_judging_on(*, drop: Drop, now: datetime) -> Drop:
    # Another beat, or the sender's answer, may have come since `drop` was loaded: judging must not start afresh then.
    drop = _lock(drop)
    if not drop.is_ranking:
        return drop
    if drop.judge is None:
        return seat_judge(drop=drop, kind=judge_for(drop), now=now)
    if drop.judge == JudgeKind.SENDER and drop.is_judged_late(now):
        return hand_to_staff(drop=drop, reason="The sender did not judge in time.", now=now)
    return settle(drop=drop, now=now)


def _lock(drop: Drop) -> Drop:
    locked: Drop = Drop.objects.select_for_update(no_key=True).get(pk=drop.pk)
    return locked


def _fail_quietly(drop: Drop, reason: Outcome, now: datetime) -> Drop:
    with suppress(IllegalTransition):
        fail_drop(drop=drop, reason=reason, now=now)
    return drop


def judge_for(drop: Drop) -> JudgeKind:
    """The sender where only play money is at stake or the operator says so; else staff."""
    by_sender = settings.JUDGE == "sender" or (settings.JUDGE == "auto" and settings.PLAY_MONEY)
    return JudgeKind.SENDER if by_sender and not drop.sender.is_suspended else JudgeKind.STAFF


@transaction.atomic
def seat_judge(*, drop: Drop, kind: JudgeKind, now: datetime, reason: str = "") -> Drop:
    """Start judging, or start it afresh by somebody else; earlier answers stay stored but no longer count."""
    drop = _lock(drop)
    if not drop.is_ranking:
        raise IllegalTransition
    drop.judge, drop.held_reason = kind, reason
    drop.judging_round += 1
    drop.judging_seed = secrets.token_hex(16)
    drop.judge_deadline_at = now + timedelta(seconds=settings.PICKS_DEADLINE_SECONDS)
    drop.updated_at = now
    drop.save()
    announce([drop.pk])
    if kind == JudgeKind.SENDER:
        text = f"The window of “{drop.heading}” is over. Compare the entries side by side and pick the winner."
        notify([drop.sender], kind="judge-now", text=text, href=f"{drop.get_absolute_url()}/picks", now=now)
    return drop


@transaction.atomic
def hand_to_staff(*, drop: Drop, reason: str, now: datetime) -> Drop:
    """Put the drop into the staff's queue, saying why; the money stays in escrow."""
    drop = _lock(drop)
    if not drop.is_ranking:
        raise IllegalTransition
    if drop.judge != JudgeKind.STAFF:
        line = f"Handed to our moderators: {reason}"
        RankingLog.objects.create(drop=drop, type=LogType.INFO, audience=Audience.AGENTS, content=line, created_at=now)
        drop = seat_judge(drop=drop, kind=JudgeKind.STAFF, reason=reason[:200], now=now)
    return drop
