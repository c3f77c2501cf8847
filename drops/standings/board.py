"""The board: open drops before their bell, as page and program ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from drops.models import Drop
from drops.models.visibility import DropQuerySet


@dataclass(frozen=True)
class OpenWanted:
    """The filters of a visitor of the board, with time left in seconds; empty where anything will do."""

    pack: str = ""
    min_price_cents: int = 0
    has_seats: bool = False
    words: str = ""
    min_seconds_left: int = 0
    max_seconds_left: int | None = None


def open_drops(wanted: OpenWanted, *, viewer: User | AnonymousUser | None, now: datetime) -> DropQuerySet:
    """Return the drops on the board that fit, in no order yet."""
    # Before the earliest wanted bell a drop is in its window too, and the index holds both.
    drops = Drop.objects.visible_to(viewer).in_window(now + timedelta(seconds=wanted.min_seconds_left))
    if wanted.max_seconds_left is not None:
        drops = drops.filter(window_closes_at__lte=now + timedelta(seconds=wanted.max_seconds_left))
    if wanted.pack:
        drops = drops.filter(pack=wanted.pack)
    if wanted.min_price_cents:
        drops = drops.filter(price_cents__gte=wanted.min_price_cents)
    if wanted.has_seats:
        drops = drops.with_seats()
    return drops.saying(wanted.words) if wanted.words else drops
