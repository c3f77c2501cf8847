"""The first drop that somebody ever pays for: not suspicious, only worth a look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from drops.models import Drop
from drops.models.risk import RiskKind
from drops.risk.marks import Mark


def look_at_sender(drop: Drop, now: datetime) -> Iterator[Mark]:
    """Yield a mark for the first drop of a sender whom nobody has verified."""
    if drop.sender.is_verified_sender or drop.paid_at is None:
        return
    earlier = Drop.objects.filter(sender=drop.sender_id, paid_at__lt=drop.paid_at)
    if not earlier.exists():
        told = {"cents": drop.price_cents, "age_seconds": int((drop.paid_at - drop.sender.created_at).total_seconds())}
        yield Mark(RiskKind.FIRST, drop, "first", told, frozenset([drop.sender_id]), 0.1)
