"""Numbers as the reader's language writes them. What programs read is never written by these."""

from __future__ import annotations

from datetime import date

from django.utils.dates import MONTHS_3, MONTHS_AP
from django.utils.formats import get_format
from django.utils.functional import lazy
from django.utils.translation import get_language, pgettext


def grouped(number: int) -> str:
    """1234 is "1,234"; in German "1.234"."""
    return f"{number:,}".replace(",", get_format("THOUSAND_SEPARATOR"))


def decimal(number: float, places: int) -> str:
    """Return a number with so many places, such as "0.4"; in German "0,4"."""
    return f"{number:.{places}f}".replace(".", get_format("DECIMAL_SEPARATOR"))


def day(moment: date) -> str:
    """`Dec 5, 2026`, as browsers write it too; by hand: a statement has fifty of them, and the date filter is slow."""
    words = pgettext("a day", "{month} {day}, {year}")
    is_english = (get_language() or "en").startswith("en")
    month = str(MONTHS_3[moment.month]).title() if is_english else str(MONTHS_AP[moment.month])
    return words.format(day=moment.day, month=month, year=moment.year)


# For a sentence that waits for its reader.
grouped_lazy = lazy(grouped, str)
day_lazy = lazy(day, str)
