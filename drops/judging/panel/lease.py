"""One worker at a time asks the panel of a drop; what a worker that was lost still brings is harmless."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from drops.models import Drop, Status
from drops.models.drop import JudgeKind
from drops.models.visibility import DropQuerySet


@dataclass(frozen=True)
class Lease:
    """A worker's hold on one round of one drop. `fence` is higher than that of every worker before."""

    drop_id: UUID
    round: int
    fence: int

    def keep(self, now: datetime) -> bool:
        """Hold on for another while. False where the round is over or another worker has it."""
        until = now + timedelta(seconds=settings.JUDGE_LEASE_SECONDS)
        return bool(self._mine.update(ranking_lease_until=until))

    def give_back(self) -> None:
        """Let the next worker take over at once."""
        self._mine.update(ranking_lease_until=None)

    def holds(self, drop: Drop) -> bool:
        """Whether `drop`, as it was loaded, is still this worker's to ask about."""
        mine = (drop.judge, drop.judging_round, drop.ranking_fence) == (JudgeKind.PANEL, self.round, self.fence)
        return drop.is_ranking and mine

    @property
    def _mine(self) -> DropQuerySet:
        mine: DropQuerySet = Drop.objects.filter(
            pk=self.drop_id,
            status=Status.RANKING,
            judge=JudgeKind.PANEL,
            judging_round=self.round,
            ranking_fence=self.fence,
        )
        return mine


@transaction.atomic
def take_lease(*, drop_id: UUID, now: datetime) -> Lease | None:
    """Take a drop that is the panel's and that nobody asks about; None where there is nothing to take.

    The first worker starts the time that judging may last.
    """
    taken = (
        Drop.objects.needs_panel(now)
        .filter(pk=drop_id)
        .update(
            ranking_lease_until=now + timedelta(seconds=settings.JUDGE_LEASE_SECONDS),
            ranking_fence=F("ranking_fence") + 1,
        )
    )
    if not taken:
        return None
    # The row is ours until the commit, so nobody has moved it on since.
    Drop.objects.filter(pk=drop_id, judge_deadline_at=None).update(
        judge_deadline_at=now + timedelta(seconds=settings.JUDGE_DROP_SECONDS_MAX)
    )
    round_, fence = Drop.objects.values_list("judging_round", "ranking_fence").get(pk=drop_id)
    return Lease(drop_id, round_, fence)
