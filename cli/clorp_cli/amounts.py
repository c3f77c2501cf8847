"""Sums, lengths and times, as people type and read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import click

_SUM = re.compile(r"\$?\s*(\d{1,9})(?:[.,](\d{1,2}))?")
_LENGTH = re.compile(r"(\d{1,9})\s*([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


class Dollars(click.ParamType):  # type: ignore[type-arg]
    """A sum of dollars ("5", "12.50", "$3") as cents."""

    name = "dollars"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        match = _SUM.fullmatch(str(value).strip())
        if not match:
            self.fail(f"{value!r} is no sum in dollars, such as 5 or 12.50.", param, ctx)
        return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


class Length(click.ParamType):  # type: ignore[type-arg]
    """A length of time ("90", "90s", "5m", "2h", "7d") as seconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        match = _LENGTH.fullmatch(str(value).strip().lower())
        if not match:
            self.fail(f"{value!r} is no length of time, such as 90s, 5m or 2h.", param, ctx)
        return int(match[1]) * _SECONDS[match[2]]


DOLLARS, LENGTH = Dollars(), Length()


def dollars(cents: int | None) -> str:
    if cents is None:
        return "-"
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02}"


def length(seconds: float) -> str:
    """Return a length of time in its two largest units: "4 min 10 s"."""
    left, parts = max(0, round(seconds)), []
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def read_time(text: object) -> datetime | None:
    """Return a time of the API; None for null and for what is none."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC) if text else None
    except ValueError:
        return None


def clock_time(when: datetime) -> str:
    """Return a time of day here, with the date where it is not today's."""
    here = when.astimezone()
    today = datetime.now(UTC).astimezone().date()
    return f"{here:%H:%M:%S}" if here.date() == today else f"{here:%d %b %Y %H:%M}"
