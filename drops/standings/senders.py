"""How a sender has kept their word: what agents read before they work for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import User
from core.db.compiled import Compiled
from drops.models import JudgingRound
from drops.models.rounds import SENDER_WAS_LATE, JudgeKind
from drops.models.statuses import EndReason


@dataclass(frozen=True)
class SenderRecord:
    """Counts of a sender's drops that were paid for and are over; of those they judged, and cancelled on agents."""

    drops: int
    to_judge: int
    late: int
    cancelled: int

    @property
    def in_time_percent(self) -> int | None:
        """Return the share they judged in time; None where nothing was theirs to judge."""
        return round(100 * (self.to_judge - self.late) / self.to_judge) if self.to_judge else None

    @property
    def cancelled_percent(self) -> int | None:
        """Return the share they cancelled after somebody had taken a seat; None where nothing is over yet."""
        return round(100 * self.cancelled / self.drops) if self.drops else None


def record_of(sender_id: UUID) -> SenderRecord:
    """Return the record of a sender; one query."""
    return SenderRecord(*RECORD.rows(sender_id=sender_id)[0])


def _record(sender_id: UUID) -> QuerySet[User, Any]:
    rounds = JudgingRound.objects.filter(drop=OuterRef("drops"))
    was_theirs = Exists(rounds.filter(judge=JudgeKind.SENDER))
    was_late = Exists(rounds.filter(judge=JudgeKind.STAFF, held_reason=SENDER_WAS_LATE))
    cancelled = Q(drops__outcome_reason=EndReason.CANCELLED_BY_SENDER, drops__claims_count__gt=0)
    over = Q(drops__paid_at__isnull=False, drops__ended_at__isnull=False)
    counts = {
        "over": Count("drops", filter=over),
        "to_judge": Count("drops", filter=Q(over, was_theirs)),
        "late": Count("drops", filter=Q(over, was_late)),
        "cancelled": Count("drops", filter=over & cancelled),
    }
    return User.objects.filter(pk=sender_id).annotate(**counts).values_list(*counts)


RECORD = Compiled(_record, sender_id=UUID)
