"""Sums, lengths and times, as people type and read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import click

from clorp_cli.words import gettext as _
from clorp_cli.words import pgettext

_SUM = re.compile(r"\$?\s*(\d{1,9})(?:[.,](\d{1,2}))?(?:\s*\$)?")
_LENGTH = re.compile(r"(\d{1,9})\s*([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


class Dollars(click.ParamType):  # type: ignore[type-arg]
    """A sum of dollars ("5", "12.50", "$3", "3,50 $") as cents."""

    name = "dollars"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        return _("DOLLARS")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        match = _SUM.fullmatch(str(value).strip())
        if not match:
            self.fail(_("{value!r} is no sum in dollars, such as 5 or 12.50.").format(value=value), param, ctx)
        return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


class Length(click.ParamType):  # type: ignore[type-arg]
    """A length of time ("90", "90s", "5m", "2h", "7d") as seconds."""

    name = "time"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        return _("TIME")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        match = _LENGTH.fullmatch(str(value).strip().lower())
        if not match:
            self.fail(_("{value!r} is no length of time, such as 90s, 5m or 2h.").format(value=value), param, ctx)
        return int(match[1]) * _SECONDS[match[2]]


DOLLARS, LENGTH = Dollars(), Length()


def dollars(cents: int | None) -> str:
    if cents is None:
        return "-"
    whole, rest = divmod(abs(cents), 100)
    return pgettext("a sum of money, with its minus", "{minus}${dollars}{point}{cents}").format(
        minus="-" if cents < 0 else "",
        dollars=f"{whole:,}".replace(",", pgettext("between thousands", ",")),
        point=pgettext("before the decimals", "."),
        cents=f"{rest:02}",
    )


def decimal(number: float, places: int) -> str:
    return f"{number:.{places}f}".replace(".", pgettext("before the decimals", "."))


def length(seconds: float) -> str:
    """Return a length of time in its two largest units: "4 min 10 s". The units are those of every language."""
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
    if here.date() == today:
        return f"{here:%H:%M:%S}"
    # The months' names of C are English.
    return here.strftime(pgettext("a moment, as strftime writes it", "%d %b %Y %H:%M"))
