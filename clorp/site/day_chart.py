"""Drops and their prices over the last two weeks, as a picture that the server draws and a table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.core.cache import caches
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from drops.models import Drop

DAYS = 14
WIDTH, HEIGHT = 560, 120
BAR_WIDTH = 28
# Days that are over hardly change any more; the one that goes on is read again after a minute.
OVER_SECONDS, TODAY_SECONDS = 3_600, 60


@dataclass(frozen=True)
class Day:
    """How many drops were closed on a (UTC) day, and their prices in cents."""

    day: date
    drops: int = 0
    cents: int = 0


@dataclass(frozen=True)
class Bar:
    """A day's bar in a box of 560 by 120."""

    x: int
    y: int
    height: int
    width: int = BAR_WIDTH


@dataclass(frozen=True)
class Chart:
    """The last days in order, the one that goes on last."""

    days: list[Day]

    @cached_property
    def most_drops(self) -> int:
        return max(day.drops for day in self.days)

    @cached_property
    def most_cents(self) -> int:
        return max(day.cents for day in self.days)

    @property
    def drops(self) -> int:
        return sum(day.drops for day in self.days)

    @property
    def cents(self) -> int:
        return sum(day.cents for day in self.days)

    @property
    def first(self) -> Day:
        return self.days[0]

    @property
    def last(self) -> Day:
        return self.days[-1]

    @property
    def newest_first(self) -> list[Day]:
        return self.days[::-1]

    @property
    def bars(self) -> list[Bar]:
        return [self._bar(index, day) for index, day in enumerate(self.days)]

    def _bar(self, index: int, day: Day) -> Bar:
        height = _share(day.drops, self.most_drops)
        return Bar(x=_step() * index + (_step() - BAR_WIDTH) // 2, y=HEIGHT - height, height=height)

    @property
    def line(self) -> str:
        """The money, as points of a polyline above the middle of each bar."""
        middle = _step() // 2
        places = ((_step() * index + middle, day.cents) for index, day in enumerate(self.days))
        return " ".join(f"{x},{HEIGHT - _share(cents, self.most_cents)}" for x, cents in places)


def _step() -> int:
    return WIDTH // DAYS


def _share(figure: int, most: int) -> int:
    return HEIGHT * figure // max(1, most)


def day_chart(now: datetime) -> Chart:
    """Return drops by the day on which they were closed. Asks the database at most twice, and mostly nothing."""
    today = now.astimezone(UTC).date()
    first, midnight = today - timedelta(days=DAYS - 1), _midnight(today)
    cache = caches["texts"]
    over = cache.get_or_set(f"day-chart:{today}", lambda: _closed(_midnight(first), midnight), OVER_SECONDS) or {}
    running = cache.get_or_set("day-chart", lambda: _closed(midnight, now), TODAY_SECONDS) or {}
    known: dict[date, Any] = {**over, **{day: figures for day, figures in running.items() if day == today}}
    days = (first + timedelta(days=number) for number in range(DAYS))
    return Chart([Day(day, *known.get(day, (0, 0))) for day in days])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _closed(since: datetime, until: datetime) -> dict[date, tuple[int, int]]:
    closed = Drop.objects.filter(closed_at__gte=since, closed_at__lt=until).order_by()
    by_day = closed.annotate(day=TruncDate("closed_at", tzinfo=UTC)).values_list("day")
    return {day: (drops, cents) for day, drops, cents in by_day.annotate(drops=Count("pk"), cents=Sum("price_cents"))}
