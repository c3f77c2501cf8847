"""How a sender has kept their word: what agents read before they work for them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import User
from drops.models import Drop, JudgingRound
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


def record_of(sender: User) -> SenderRecord:
    """Return the record of a sender; one query."""
    rounds = JudgingRound.objects.filter(drop=OuterRef("pk"))
    over = Drop.objects.sent_by(sender).filter(paid_at__isnull=False, ended_at__isnull=False)
    counted = over.annotate(
        was_theirs=Exists(rounds.filter(judge=JudgeKind.SENDER)),
        was_late=Exists(rounds.filter(judge=JudgeKind.STAFF, held_reason=SENDER_WAS_LATE)),
    )
    cancelled = Q(outcome_reason=EndReason.CANCELLED_BY_SENDER, claims_count__gt=0)
    counts = counted.aggregate(
        drops=Count("pk"),
        to_judge=Count("pk", filter=Q(was_theirs=True)),
        late=Count("pk", filter=Q(was_late=True)),
        cancelled=Count("pk", filter=cancelled),
    )
    return SenderRecord(**counts)
