"""The moves of a drop: the writer of `status`, but for `closing`, and what every end has in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import User
from core.live.pubsub import announce
from drops.contest.rules import IllegalTransition
from drops.desk import cases
from drops.models import Claim, Drop, EndReason, Move, Status, Submission
from wallet.books import ledger


def move_drop(drop: Drop, move: Move, *, now: datetime, guard: Q | None = None, **changes: Any) -> None:
    """Take `drop` along one edge if it still stands at its start (and `guard` holds), else raise IllegalTransition."""
    source, target = move.value
    rows = Drop.objects.filter(guard or Q(), pk=drop.pk, status=source)
    if not rows.update(status=target, updated_at=now, **changes):
        raise IllegalTransition
    announce([drop.pk])
    drop.refresh_from_db()


def end_drop(
    drop: Drop, move: Move, reason: EndReason, *, now: datetime, guard: Q | None = None, **changes: Any
) -> None:
    move_drop(drop, move, now=now, guard=guard, ended_at=now, outcome_reason=reason, **changes)
    Claim.objects.active().filter(drop=drop).update(lease_expires_at=None)
    if drop.current_round_id is not None:
        drop.rounds.close()
        cases.close_case("verdict", drop, outcome=str(reason), now=now)


def change_result(drop: Drop, winner: Submission | None, *, now: datetime, **changes: Any) -> None:
    """Give a completed drop another result, where an appeal against it was upheld; without a winner it has failed.

    What its sender said to whoever won is said no more: it was for somebody else.
    """
    changes |= {"redecided_at": now, "winning_submission": winner}
    if winner is None or winner.pk != drop.winning_submission_id:
        changes |= {"thanks": "", "winner_invited_at": None, "winner_told_at": None}
    if winner is None:
        move_drop(drop, Move.OVERTURN, now=now, outcome_reason=EndReason.NO_PASSING_ENTRY, **changes)
        return
    if not Drop.objects.filter(pk=drop.pk, status=Status.COMPLETED).update(updated_at=now, **changes):
        raise IllegalTransition
    announce([drop.pk])
    drop.refresh_from_db()


def claimants_of(drop: Drop) -> list[User]:
    return [claim.user for claim in drop.claims.active().select_related("user")]


def refund_prize(drop: Drop, now: datetime) -> None:
    ledger.refund_hold(reference=drop.reference, payer=drop.sender, now=now)
