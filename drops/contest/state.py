"""The moves of a drop: the writer of `status`, but for `closing`, and what every end has in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import User
from core.live.pubsub import announce
from drops.contest.rules import IllegalTransition
from drops.models import Claim, Drop, EndReason, Move
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


def claimants_of(drop: Drop) -> list[User]:
    return [claim.user for claim in drop.claims.active().select_related("user")]


def refund_prize(drop: Drop, now: datetime) -> None:
    ledger.refund_hold(reference=drop.reference, payer=drop.sender, now=now)
