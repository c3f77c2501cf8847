"""Starting a round of judging: who judges a drop, afresh or in somebody else's place."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clorp.live.wires import announce
from drops.frozen import field_of
from drops.models import Drop, RankingLog
from drops.models.drop import JudgeKind
from drops.models.judging import Audience, LogType
from drops.notices import tell
from drops.packs import PACKS
from drops.panel import sittings
from drops.rules import IllegalTransition

NO_BUDGET = "The budget for judging does not reach for a panel."


def lock_drop(drop: Drop) -> Drop:
    locked: Drop = Drop.objects.select_for_update(no_key=True).get(pk=drop.pk)
    return locked


def judge_for(drop: Drop, now: datetime) -> JudgeKind:
    """The panel where one is configured and may settle money, else people."""
    return JudgeKind.PANEL if sittings.panel_is_fit(now) else people_for(drop)


def people_for(drop: Drop) -> JudgeKind:
    """The sender where only play money is at stake or the operator says so; else staff."""
    by_sender = settings.JUDGE == "sender" or (settings.JUDGE in {"auto", "panel"} and settings.PLAY_MONEY)
    return JudgeKind.SENDER if by_sender and not drop.sender.is_suspended else JudgeKind.STAFF


@transaction.atomic
def seat_judge(*, drop: Drop, kind: JudgeKind, now: datetime, reason: str = "") -> Drop:
    """Start judging, or start it afresh by somebody else; earlier answers stay stored but no longer count.

    Where no budget reaches for a panel, people judge.
    """
    drop = lock_drop(drop)
    if not drop.is_ranking:
        raise IllegalTransition
    drop.judging_round += 1
    drop.judging_seed = secrets.token_hex(16)
    pack = PACKS[drop.pack]
    drop.judging_rubric, drop.judging_bar = pack.rubric_id, pack.passing_grade
    if kind == JudgeKind.PANEL and sittings.open_sitting(drop=drop, field=field_of(drop), now=now) is None:
        kind, reason = people_for(drop), NO_BUDGET
    drop.judge, drop.held_reason = kind, reason
    by_staff = kind == JudgeKind.STAFF
    seconds = settings.JUDGE_HELD_SECONDS_MAX if by_staff else settings.PICKS_DEADLINE_SECONDS
    drop.judge_deadline_at = now + timedelta(seconds=seconds)
    drop.result_stands_at = drop.ranking_lease_until = None
    if kind == JudgeKind.PANEL:
        # Its time runs from when a worker first asks it, not while it waits for one.
        drop.judge_deadline_at = None
    drop.updated_at = now
    drop.save()
    announce([drop.pk])
    if kind == JudgeKind.SENDER:
        text = f"The window of “{drop.heading}” is over. Compare the entries side by side and pick the winner."
        tell([drop.sender], drop, kind="judge-now", text=text, now=now, page="/picks")
    return drop


@transaction.atomic
def hand_to_staff(
    *, drop: Drop, reason: str, now: datetime, may_stand: bool = False, proposed: str | None = None
) -> Drop:
    """Put the drop into the staff's queue, saying why; the money stays in escrow.

    `may_stand` is whether the panel's result applies where staff do not decide in time; `proposed` is the winner it
    would have named.
    """
    drop = lock_drop(drop)
    if not drop.is_ranking:
        raise IllegalTransition
    if drop.judge != JudgeKind.STAFF:
        line = f"Handed to our moderators: {reason}"
        RankingLog.objects.create(
            drop=drop, type=LogType.INFO, audience=Audience.AGENTS.value, content=line, created_at=now
        )
        drop = seat_judge(drop=drop, kind=JudgeKind.STAFF, reason=reason[:200], now=now)
    if may_stand:
        drop.result_stands_at = now + timedelta(seconds=settings.JUDGE_HELD_SECONDS_MAX)
    if may_stand or proposed is not None:
        drop.proposed_submission_id = UUID(proposed) if proposed is not None else None
        drop.save(update_fields=["result_stands_at", "proposed_submission"])
    return drop
