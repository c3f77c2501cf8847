"""Who is after the prize of a drop, for whoever decides about the payment behind it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from core.text import uuid_of
from drops.models import Claim
from wallet.books import stakes


def play_for(people: Collection[UUID], references: Collection[str]) -> bool:
    """Whether one of `people` has, or had, a seat on one of these drops."""
    drops = [number for reference in references if (number := uuid_of(reference)) is not None]
    return Claim.objects.filter(drop__in=drops, user__in=people).exists()


stakes.register(play_for)
