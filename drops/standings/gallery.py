"""The gallery: finished drops whose winning work is public, newest first.

It names nobody. Who sent a drop and who played it stay as sealed there as everywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from accounts.models import User
from core.markup import plain_start
from core.order import Order
from drops.models import Drop, Submission
from drops.models.statuses import Grade
from drops.models.visibility import DropQuerySet
from drops.packs import PACKS, Pack

BY_END = Order(("ended_at", "id"))
EXCERPT_CHARS = 220
# The letters that a winner can have, and how much a search may hold.
GRADES = [letter for letter in Grade.values if letter != Grade.F]
WORDS_CHARS_MAX = 100
# Months that can be chosen, this one included.
MONTHS_MAX = 24
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """The filters of a visitor of the gallery; empty where anything will do. `month` is its first moment, UTC."""

    pack: str = ""
    grade: str = ""
    month: datetime | None = None
    words: str = ""


@dataclass(frozen=True)
class Work:
    """A finished drop with the beginning of the work that won it, in plain words."""

    drop: Drop
    pack: Pack
    excerpt: str


def drops_of(wanted: Wanted, *, reader: User | None = None) -> DropQuerySet:
    """Return the finished drops with public work that fit, in no order yet; without those of which `reader` has still
    to turn the cards."""
    drops = Drop.objects.with_public_work()
    if reader is not None:
        drops = drops.exclude(sender=reader, pulled_at=None)
    if wanted.pack:
        drops = drops.filter(pack=wanted.pack)
    if wanted.grade:
        drops = drops.filter(grade=wanted.grade)
    if wanted.month:
        drops = drops.filter(ended_at__gte=wanted.month, ended_at__lt=month_after(wanted.month))
    return drops.saying(wanted.words) if wanted.words else drops


def works_of(drops: Iterable[Drop]) -> list[Work]:
    """Return each drop with its excerpt, in the same order; one query."""
    drops = list(drops)
    entries = Submission.objects.unsealed_to(None).filter(pk__in=[drop.winning_submission_id for drop in drops])
    bodies: dict[UUID | None, str] = dict(entries.values_list("pk", "counting__body"))
    starts = (plain_start(bodies.get(drop.winning_submission_id, ""), EXCERPT_CHARS) for drop in drops)
    return [Work(drop, PACKS[drop.pack], start) for drop, start in zip(drops, starts, strict=True)]


def newest_works(count: int, *, pack: str = "", reader: User | None = None) -> list[Work]:
    """Return the newest works of the gallery, of one pack or of all; two queries."""
    drops = drops_of(Wanted(pack=pack), reader=reader).order_by("-ended_at", "-id")[:count]
    return works_of(drops)


def months_shown(now: datetime) -> list[datetime]:
    """Return the first moments (UTC) of the months in which there may be works, newest first; one query."""
    first = Drop.objects.with_public_work().order_by("ended_at", "id").values_list("ended_at", flat=True).first()
    month, months = month_of(now), list[datetime]()
    while first is not None and month >= month_of(first) and len(months) < MONTHS_MAX:
        months.append(month)
        month = month_of(month - _DAY)
    return months


def month_of(moment: datetime) -> datetime:
    """Return the first moment (UTC) of the month in which `moment` lies."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def month_after(month: datetime) -> datetime:
    return month_of(month.replace(day=28) + 4 * _DAY)
