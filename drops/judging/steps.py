"""From the bell to the verdict: who judges, what they are asked, and what becomes of their answers.

`ranking` compares and knows no rows; this room builds its field, stores each answer as it comes and, once
there is a verdict, calls the verb that ends the drop. People answer at a door; a judge behind a
network must be asked with no transaction open.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy, override

from accounts.models import AuditEvent, User, record_audit
from core.errors import Refused
from drops.contest import rules
from drops.contest.eligibility import Eligibility
from drops.contest.finishing import complete_drop, fail_drop
from drops.contest.links import find_link
from drops.contest.rules import IllegalTransition
from drops.judging import second_look
from drops.judging.appointing import judge_for
from drops.judging.by_hand import write_reason
from drops.judging.feedback import store_feedback
from drops.judging.linked import LINKED, require_known_link
from drops.judging.picks import Pick, QuestionMovedOn
from drops.judging.replaying import next_step
from drops.judging.rounds import begin_round, hand_to_staff, lock_drop
from drops.judging.snapshots import freeze_entries
from drops.judging.verdicts import append_log, log_act, winner_of
from drops.models import Drop, EndReason, JudgeAnswer, JudgingRound
from drops.models.rounds import SENDER_WAS_LATE, JudgeKind
from drops.ranking import AnswerMisfit, Audience, Grade, NeedsHuman, Pair, Pending, Step, Verdict


class NotOpened(Refused):
    code = "entries_not_opened"
    message = gettext_lazy("You haven't opened these entries.")
    next_step = gettext_lazy("Open them on the page where the drop is judged. That you read them is on record then.")


def question_for(*, drop: Drop, judge: User, now: datetime, opens: bool = True) -> Pending | None:
    """The question that `judge` is to answer now, None when none is left. That staff read its entries is recorded.

    Raises NotYoursToJudge; and NotOpened where that is not recorded yet and it `opens` nothing, since it was asked by
    what may be somebody else's link.
    """
    rules.check_judge(drop, Eligibility(user=judge, now=now))
    step = next_step(drop.round)
    if not isinstance(step, Pending):
        return None
    if drop.judge == JudgeKind.STAFF:
        _record_reading(judge, drop, step.question, now, opens=opens)
    return step


def slots_of(question: Pair | Grade) -> tuple[str, ...]:
    """Return the ids of the entries that a question is about."""
    return (question.left, question.right) if isinstance(question, Pair) else (question.slot,)


def _record_reading(staff: User, drop: Drop, question: Pair | Grade, now: datetime, *, opens: bool) -> None:
    """Record what staff read of sealed work before they see it; once, however often the page is loaded."""
    for slot in slots_of(question):
        seen: dict[str, Any] = {"actor": staff, "action": "read-to-judge", "target": f"submission:{slot}"}
        if not AuditEvent.objects.filter(**seen).exists():
            if not opens:
                raise NotOpened
            record_audit(**seen, reason=f"To judge drop {drop.pk}.", now=now)


@transaction.atomic
def answer_question(*, drop: Drop, judge: User, pick: Pick, now: datetime) -> Drop:
    """Store one answer of the sender or of staff; the last one ends the drop in the same transaction.

    Raises NotYoursToJudge, QuestionMovedOn where another tab was quicker, Invalid for a pick that makes no sense, and
    for the last one of staff where it comes without a reason, which above a limit only asks for a second person;
    LinkedWinner where theirs would pay somebody who is
    linked with the sender, and does not say that it is to.
    """
    # Under the row's lock, or two tabs could answer the same question with different minds.
    drop = lock_drop(drop)
    rules.check_judge(drop, Eligibility(user=judge, now=now))
    step = next_step(drop.round)
    if not isinstance(step, Pending):
        raise QuestionMovedOn
    answer = pick.answers(step.question)
    JudgeAnswer.objects.create(
        round=drop.round, key=answer.key, answer=answer.to_json(), answered_by=judge, created_at=now
    )
    store_feedback(drop=drop, judge=judge, feedback=pick.feedback, now=now)
    step = next_step(drop.round)
    if not isinstance(step, Pending) and drop.judge == JudgeKind.STAFF:
        require_known_link(drop=drop, staff=judge, pick=pick, step=step, now=now)
        if second_look.takes_two(drop) and isinstance(step, Verdict):
            second_look.ask_for_verdict(drop=drop, verdict=step, judge=judge, pick=pick, now=now)
            return drop
        write_reason(drop=drop, staff=judge, pick=pick, now=now)
    return _take_step(drop, step, now)


def settle(*, drop: Drop, now: datetime) -> Drop:
    """End `drop` if its judge has found a verdict. May ring twice: whoever comes second changes nothing."""
    return _take_step(drop, next_step(drop.round), now)


def _take_step(drop: Drop, step: Step, now: datetime) -> Drop:
    with suppress(IllegalTransition):
        if isinstance(step, Verdict):
            _end(drop, step, now)
        else:
            # The log only grows, and what people answer may be taken back: theirs is written at the round's end.
            if drop.judge == JudgeKind.PANEL or not isinstance(step, Pending):
                append_log(drop.round, step.lines, now=now)
            if isinstance(step, NeedsHuman):
                winner = step.proposal.winner if step.proposal is not None else None
                proposed = UUID(winner) if winner is not None else None
                hand_to_staff(drop=drop, reason=step.reason, now=now, may_stand=step.may_stand, proposed=proposed)
    drop.refresh_from_db()
    return drop


def _end(drop: Drop, verdict: Verdict, now: datetime) -> None:
    if verdict.winner is None:
        fail_drop(drop=drop, reason=EndReason.NO_PASSING_ENTRY, verdict=verdict, now=now)
    elif drop.judge != JudgeKind.STAFF and find_link(drop.sender, winner_of(drop, verdict).user, now):
        # The prize stays in escrow until a moderator has decided; theirs is the last word.
        proposed = UUID(verdict.winner)
        hand_to_staff(drop=drop, reason=LINKED, now=now, proposed=proposed, is_private=True)
    else:
        complete_drop(drop=drop, verdict=verdict, now=now)


@transaction.atomic
def settle_panel(*, drop: Drop, step: Step, still: Callable[[JudgingRound], bool], now: datetime) -> bool:
    """Write down what the panel has come to: lines for the log, the end, or that staff must look.

    `step` was replayed outside. `still` says of the locked round whether it is the one that `step` belongs to, and
    that is returned.
    """
    drop = lock_drop(drop)
    is_ours = still(drop.round)
    if is_ours:
        _take_step(drop, step, now)
    return is_ours


@transaction.atomic
def begin_afresh(*, drop: Drop, still: Callable[[JudgingRound], bool], now: datetime) -> None:
    """Start a new round where the answers of this one can't be used any more, if `still` says so of the row."""
    drop = lock_drop(drop)
    if still(drop.round):
        _begin(drop, now)


def rank_drop(*, drop: Drop, now: datetime) -> Drop:
    """Move a drop in ranking on: end what has no entries, choose a judge, hand over what is late, else settle."""
    if not drop.submissions.exists():
        return _fail_quietly(drop, EndReason.NO_SUBMISSIONS, now)
    if not drop.submissions.standing().exists():
        return _fail_quietly(drop, EndReason.NO_PASSING_ENTRY, now)
    # Files lie outside the database, so they are read before any transaction is open.
    freeze_entries(drop)
    return _move_judging_on(drop=drop, now=now)


@transaction.atomic
def _move_judging_on(*, drop: Drop, now: datetime) -> Drop:
    # Another beat, or the sender's answer, may have come since `drop` was loaded: judging must not start afresh then.
    drop = lock_drop(drop)
    if not drop.is_ranking:
        return drop
    if drop.current_round is None:
        return _begin(drop, now)
    if drop.judge == JudgeKind.SENDER and drop.round.is_late(now):
        return hand_to_staff(drop=drop, reason=SENDER_WAS_LATE, now=now)
    if drop.round.result_stands_at is not None and drop.round.result_stands_at <= now:
        return _let_result_stand(drop, now)
    # A panel's answers come by way of whoever asks it, outside any transaction.
    # So does a second person's approval of what staff have found.
    return drop if drop.judge == JudgeKind.PANEL or second_look.takes_two(drop) else settle(drop=drop, now=now)


def _begin(drop: Drop, now: datetime) -> Drop:
    """Start a round. Only trouble gives it to somebody else than was said at payment, and the log says so."""
    drop = begin_round(drop=drop, kind=judge_for(drop, now), now=now)
    if drop.appointed_judge not in ("", drop.judge):
        # The log is a record, and in English whoever's turn begins it.
        with override("en"):
            appointed, judge = drop.get_appointed_judge_display(), drop.round.get_judge_display()
        line = f"{judge.capitalize()} will judge this drop, not {appointed} as was said at payment."
        log_act(drop, line, Audience.AGENTS, now=now)
    return drop


def _let_result_stand(drop: Drop, now: datetime) -> Drop:
    """Apply what the panel found and staff did not look at in time; the panel's round is the drop's again."""
    panel_round = drop.rounds.newest_of_panel()
    proposal = _proposal_of(panel_round) if panel_round is not None else None
    if panel_round is None or proposal is None:
        drop.round.result_stands_at = None
        drop.round.save(update_fields=["result_stands_at"])
        return drop
    hours = settings.JUDGE_HELD_SECONDS_MAX // 3600
    text = f"Our moderators did not decide within {hours} hours, so the panel's result stands."
    log_act(drop, text, Audience.AGENTS, now=now)
    drop.current_round = panel_round
    drop.save(update_fields=["current_round"])
    _end(drop, proposal, now)
    drop.refresh_from_db()
    return drop


def _proposal_of(panel_round: JudgingRound) -> Verdict | None:
    """Return what the panel proposed and may be applied; None where its questions are put in other words since then."""
    try:
        step = next_step(panel_round)
    except AnswerMisfit:
        return None
    return step.proposal if isinstance(step, NeedsHuman) and step.may_stand else None


def _fail_quietly(drop: Drop, reason: EndReason, now: datetime) -> Drop:
    with suppress(IllegalTransition):
        fail_drop(drop=drop, reason=reason, now=now)
    return drop
