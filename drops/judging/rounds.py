"""Starting a round of judging: who judges a drop, afresh or in somebody else's place."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.live.pubsub import announce
from core.text import apart
from drops.contest.rules import IllegalTransition
from drops.desk import cases
from drops.judging.appointing import people_for, seconds_for
from drops.judging.panel import sessions
from drops.judging.replaying import next_step
from drops.judging.snapshots import field_of
from drops.judging.verdicts import append_log, log_act
from drops.models import Drop, JudgingRound
from drops.models.rounds import BY_HAND, JudgeKind
from drops.notifications import tell
from drops.packs import PACKS
from drops.ranking import AnswerMisfit, Audience

NO_BUDGET = "The budget for judging does not reach for a panel."
HELD_REASON_CHARS_MAX = 200


def lock_drop(drop: Drop) -> Drop:
    """The drop and its round, locked and as they stand now. A worker's lease touches the round alone."""
    locked = Drop.objects.lock(drop.pk)
    if locked.current_round_id is not None:
        locked.current_round = JudgingRound.objects.select_for_update(no_key=True).get(pk=locked.current_round_id)
    return locked


@transaction.atomic
def begin_round(
    *,
    drop: Drop,
    kind: JudgeKind,
    now: datetime,
    reason: str = "",
    proposed: UUID | None = None,
    may_stand: bool = False,
) -> Drop:
    """Start judging, or start it afresh by somebody else; earlier rounds stay stored but no longer count.

    Where no budget reaches for a panel, people judge. `reason`, `proposed` and `may_stand` are as for hand_to_staff.
    """
    drop = lock_drop(drop)
    if not drop.is_ranking:
        raise IllegalTransition
    fresh = _draw_round(drop, kind)
    panel = sessions.choose_judges(drop=drop, field=field_of(fresh), now=now) if kind == JudgeKind.PANEL else None
    if kind == JudgeKind.PANEL and panel is None:
        fresh.judge, reason = people_for(drop), NO_BUDGET
    fresh.held_reason, fresh.proposed_submission_id = reason[:HELD_REASON_CHARS_MAX], proposed
    fresh.deadline_at = _deadline_of(fresh, now)
    fresh.result_stands_at = fresh.deadline_at if may_stand else None
    log_answers(drop, now=now)
    drop.rounds.close()
    fresh.save()
    if panel is not None:
        sessions.open_session(judging_round=fresh, chosen=panel, now=now)
    drop.current_round, drop.updated_at = fresh, now
    drop.save(update_fields=["current_round", "updated_at"])
    announce([drop.pk])
    if fresh.judge == JudgeKind.STAFF:
        cases.open_verdict(drop=drop, deadline_at=fresh.deadline_at, now=now)
    if fresh.judge == JudgeKind.SENDER:
        text = format_lazy(
            _("The window of “{drop}” is over. Compare the entries side by side and pick the winner."),
            drop=apart(drop.heading),
        )
        tell([drop.sender], drop, kind="judge-now", text=text, now=now, page="/picks")
    return drop


def log_answers(drop: Drop, *, now: datetime) -> None:
    """Write down how far people have come who judge `drop`, before somebody else does or its entries change.

    Until then their answers may be taken back, and a log only grows. To be called under the drop's row lock.
    """
    if drop.current_round_id is None or drop.judge not in BY_HAND or not drop.round.answers.standing().exists():
        return
    # After an entry was disqualified the answers are to another field; they were written down before.
    with suppress(AnswerMisfit):
        append_log(drop.round, next_step(drop.round).lines, now=now)


def _draw_round(drop: Drop, kind: JudgeKind) -> JudgingRound:
    """The round that follows, not stored yet: a fresh seed, and the rubric and bar of today."""
    pack = PACKS[drop.pack]
    return JudgingRound(
        drop=drop,
        number=drop.rounds.count() + 1,
        judge=kind,
        seed=secrets.token_hex(16),
        rubric_version=pack.rubric_id,
        passing_grade=pack.passing_grade,
    )


def _deadline_of(fresh: JudgingRound, now: datetime) -> datetime | None:
    if fresh.judge == JudgeKind.PANEL:
        # Its time runs from when a worker first asks it, not while it waits for one.
        return None
    return now + timedelta(seconds=seconds_for(JudgeKind(fresh.judge)))


@transaction.atomic
def judge_again(*, drop: Drop, now: datetime) -> Drop:
    """Start a new round by the same judge; what an earlier one left for staff stays with them, but for its deadline."""
    held = drop.round
    proposed = held.proposed_submission_id
    return begin_round(drop=drop, kind=JudgeKind(held.judge), now=now, reason=held.held_reason, proposed=proposed)


@transaction.atomic
def hand_to_staff(
    *,
    drop: Drop,
    reason: str,
    now: datetime,
    may_stand: bool = False,
    proposed: UUID | None = None,
    is_private: bool = False,
) -> Drop:
    """Put the drop into the staff's queue, saying why; the money stays in escrow.

    `may_stand` is whether the panel's result applies where staff do not decide in time; `proposed` is the winner it
    would have named. A reason that `is_private` is the sender's to read, and in no log.
    """
    drop = lock_drop(drop)
    if not drop.is_ranking:
        raise IllegalTransition
    if drop.judge == JudgeKind.STAFF:
        return drop
    line = "Handed to our moderators." if is_private else f"Handed to our moderators: {apart(reason)}"
    log_act(drop, line, Audience.AGENTS, now=now)
    return begin_round(drop=drop, kind=JudgeKind.STAFF, reason=reason, now=now, may_stand=may_stand, proposed=proposed)
