"""The entries and grades that finished drops like a new one have drawn, as help with its prize."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean, median_high

from drops.models import Drop
from drops.models.statuses import Grade

# Fewer say nothing about the next one.
FEW = 5
LOOKED_AT_MAX = 1_000
_RANKS = {letter: rank for rank, letter in enumerate(Grade.values)}


@dataclass(frozen=True)
class Drawn:
    """`typical_grade` is the median of the winners' letters, of two in the middle the worse one."""

    count: int
    typical_grade: str
    entries_each: float


def drawn_by(*, pack: str, price_cents: int) -> Drawn | None:
    """Return what public drops of `pack` drew at half to twice this price; None where too few have finished.

    Looked for among the newest thousand that were won, so that it costs the same however many there are.
    """
    newest = Drop.objects.visible_to(None).finished().order_by("-ended_at", "-id")
    rows = newest.values_list("pack", "price_cents", "grade", "submissions_count")[:LOOKED_AT_MAX]
    alike = [
        (grade, entries)
        for kind, price, grade, entries in rows
        if kind == pack and price_cents <= 2 * price and price <= 2 * price_cents
    ]
    if len(alike) < FEW:
        return None
    middle = median_high(_RANKS[grade] for grade, _ in alike)
    return Drawn(len(alike), Grade.values[middle], mean(entries for _, entries in alike))
