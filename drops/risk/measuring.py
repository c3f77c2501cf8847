"""The outcome of marks: how many of each kind were upheld, and how many were none after all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from drops.models import RiskMark
from drops.models.risk import MarkState, RiskKind

DAYS = 90


@dataclass(frozen=True)
class Figures:
    """The marks of one kind, of the last DAYS days, by what became of them."""

    kind: RiskKind
    open: int
    dismissed: int
    upheld: int

    @property
    def dismissed_share(self) -> float | None:
        """Of those that were decided; None where none was."""
        decided = self.dismissed + self.upheld
        return self.dismissed / decided if decided else None

    @property
    def dismissed_in_words(self) -> str:
        share = self.dismissed_share
        return "-" if share is None else f"{share:.0%}"


def figures_of_marks(now: datetime) -> list[Figures]:
    """Return the figures of every kind, of what was marked lately; one query on an index."""
    lately = RiskMark.objects.filter(created_at__gt=now - timedelta(days=DAYS)).order_by()
    counts: dict[tuple[str, str], int] = {
        (row["kind"], row["state"]): row["marks"] for row in lately.values("kind", "state").annotate(marks=Count("pk"))
    }
    return [Figures(kind, *(counts.get((kind, state), 0) for state in MarkState)) for kind in RiskKind]
