"""The board: open drops before their bell, as page and program ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from core.db.compiled import Compiled
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
    drops = _fitting(Drop.objects.visible_to(viewer), has_seats=wanted.has_seats, **_values(wanted, now))
    return drops.saying(wanted.words) if wanted.words else drops


def first_for_all(wanted: OpenWanted, *, order: tuple[str, ...], most: int, now: datetime) -> list[Drop]:
    """Return the first in this order of the drops that `open_drops` lists to strangers."""
    if wanted.words:
        return list(open_drops(wanted, viewer=None, now=now).order_by(*order)[:most])
    values = _values(wanted, now)
    return _first(frozenset(values), wanted.has_seats, order, most).objects(**values)


TYPES = {"earliest": datetime, "latest": datetime, "pack": str, "min_price_cents": int}


@cache
def _first(named: frozenset[str], has_seats: bool, order: tuple[str, ...], most: int) -> Compiled:
    def build(**values: Any) -> DropQuerySet:
        return _fitting(Drop.objects.visible_to(None), has_seats=has_seats, **values).order_by(*order)[:most]

    return Compiled(build, **{name: TYPES[name] for name in named})


def _values(wanted: OpenWanted, now: datetime) -> dict[str, Any]:
    """Return what the query of these filters is given, by its name in `_fitting`."""
    latest = None if wanted.max_seconds_left is None else now + timedelta(seconds=wanted.max_seconds_left)
    narrowing = {"latest": latest, "pack": wanted.pack, "min_price_cents": wanted.min_price_cents}
    named = {name: value for name, value in narrowing.items() if value}
    # Before the earliest wanted bell a drop is in its window too, and the index holds both.
    return {"earliest": now + timedelta(seconds=wanted.min_seconds_left), **named}


def _fitting(
    drops: DropQuerySet,
    *,
    has_seats: bool,
    earliest: datetime,
    latest: datetime | None = None,
    pack: str | None = None,
    min_price_cents: int | None = None,
) -> DropQuerySet:
    drops = drops.in_window(earliest)
    if latest is not None:
        drops = drops.filter(window_closes_at__lte=latest)
    if pack is not None:
        drops = drops.filter(pack=pack)
    if min_price_cents is not None:
        drops = drops.filter(price_cents__gte=min_price_cents)
    return drops.with_seats() if has_seats else drops
