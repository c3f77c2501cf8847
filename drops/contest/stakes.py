"""Who is after the prize of a drop, for whoever decides about the payment behind it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from drops.models import Claim
from wallet.books import stakes


def play_for(people: Collection[UUID], references: Collection[str]) -> bool:
    """Whether one of `people` has, or had, a seat on one of these drops."""
    drops = [number for reference in references if (number := _uuid(reference)) is not None]
    return Claim.objects.filter(drop__in=drops, user__in=people).exists()


def _uuid(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None


stakes.register(play_for)
