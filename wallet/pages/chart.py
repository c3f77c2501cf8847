"""The balance of a wallet over the last days, as a picture the server draws and a table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Window
from django.db.models.functions import FirstValue, TruncDate

from accounts.models import User
from core.db.compiled import Compiled
from wallet.models import Entry

DAYS = 30
WIDTH, HEIGHT = 600, 120


@dataclass(frozen=True)
class Day:
    """The balance of the wallet at the end of a (UTC) day, in cents."""

    day: date
    cents: int


@dataclass(frozen=True)
class Chart:
    """Days in order: the day before the first shown, those on which something moved, and today."""

    days: list[Day]

    @property
    def top_cents(self) -> int:
        return max(day.cents for day in self.days)

    @property
    def low_cents(self) -> int:
        return min(day.cents for day in self.days)

    @property
    def first(self) -> Day:
        return self.days[0]

    @property
    def last(self) -> Day:
        return self.days[-1]

    @property
    def moved(self) -> list[Day]:
        """For the table: newest first."""
        return self.days[::-1]

    @property
    def line(self) -> str:
        """An SVG path in a box of 600 by 120 with nothing at its foot; a balance stands until it moves."""
        x, y = self._place(self.first)
        steps = [f"M{x} {y}"]
        for day in self.days[1:]:
            x, y = self._place(day)
            steps.append(f"H{x}V{y}")
        return "".join([*steps, f"H{WIDTH}"])

    @property
    def area(self) -> str:
        return f"{self.line}V{HEIGHT}H0Z"

    def _place(self, day: Day) -> tuple[int, int]:
        along = WIDTH * (day.day - self.first.day).days // (DAYS + 1)
        return along, HEIGHT - HEIGHT * day.cents // max(1, self.top_cents)


def _closing(user_id: UUID, begin: datetime) -> QuerySet[Entry, Any]:
    """The last line of each day, with what was there before all of them."""
    first = Window(FirstValue(F("balance_after") - F("delta")), order_by="id")
    entries = Entry.objects.of_user(user_id).filter(created_at__gte=begin)
    closing = entries.annotate(day=TruncDate("created_at", tzinfo=UTC), opening=first).order_by("day", "-id")
    return closing.distinct("day").values_list("day", "balance_after", "opening")


CLOSING = Compiled(_closing, user_id=UUID, begin=datetime)


def chart_of(user: User, now: datetime, balance_cents: int) -> Chart | None:
    """The last 30 days up to what is in the wallet now; None where nothing moved and nothing is there."""
    today = now.astimezone(UTC).date()
    begin = datetime.combine(today - timedelta(days=DAYS - 1), datetime.min.time(), UTC)
    rows = CLOSING.rows(user_id=user.pk, begin=begin)
    opening = rows[0][2] if rows else balance_cents
    if not rows and not balance_cents:
        return None
    days = [Day(begin.date() - timedelta(days=1), opening), *(Day(day, cents or 0) for day, cents, _ in rows)]
    return Chart(days if days[-1].day == today else [*days, Day(today, days[-1].cents)])
