"""The board: open drops before their bell, as page and program ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from drops.models import Drop
from drops.models.claim import SEATS_MAX
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

    @property
    def is_timed(self) -> bool:
        """Whether a drop comes to fit, or ceases to, by the clock alone."""
        return bool(self.min_seconds_left) or self.max_seconds_left is not None


@dataclass(frozen=True, slots=True)
class OpenFacts:
    """The facts of an open drop that filters ask for; `says` are the words looked for that are in its texts."""

    pack: str
    price_cents: int
    claims_count: int
    closes_at: datetime
    says: frozenset[str]


def fits(wanted: OpenWanted, facts: OpenFacts, now: datetime | None) -> bool:
    """Return whether `open_drops` would list a drop with these facts, which is open; without `now` whatever time is
    left."""
    return (
        (now is None or _has_time(wanted, facts, now))
        and (not wanted.pack or facts.pack == wanted.pack)
        and facts.price_cents >= wanted.min_price_cents
        and (not wanted.has_seats or facts.claims_count < SEATS_MAX)
        and (not wanted.words or wanted.words in facts.says)
    )


def _has_time(wanted: OpenWanted, facts: OpenFacts, now: datetime) -> bool:
    left, most = (facts.closes_at - now).total_seconds(), wanted.max_seconds_left
    return left > wanted.min_seconds_left and (most is None or left <= most)


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
