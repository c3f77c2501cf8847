"""The only place where a decimal point meets cents. US dollars; everywhere else money is an integer."""

from __future__ import annotations

import re

from django.conf import settings
from django.utils.formats import get_format
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.figures import grouped

# A point or a comma before one or two digits begins the cents; "1,234" is a thousand, as dollars are written. "1.000"
# means different sums to different readers, so it means none here. static/js/newdrop.js reads the same.
DOLLARS = [
    re.compile(rf"\$?{sum_}")
    for sum_ in (
        r"(?P<whole>[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.(?P<cents>[0-9]{0,2}))?",
        r"(?P<whole>[0-9]{1,9}|[0-9]{1,3}(?:\.[0-9]{3}){1,2}),(?P<cents>[0-9]{1,2})",
        r"(?P<whole>)[.,](?P<cents>[0-9]{1,2})",
    )
]
# As keyboards for Chinese and Japanese write digits and signs: each stands 0xFEE0 behind its ASCII form.
_FULL_WIDTH = {ord(sign) + 0xFEE0: sign for sign in "0123456789$,."}


class NotMoney(ValueError):
    """The text is not a sum of dollars; says how one is written."""

    def __init__(self) -> None:
        super().__init__(_("Write a sum in dollars, such as 5 or 12.50."))


def format_cents(cents: int) -> str:
    """500 is "$5.00", -123456 is "-$1,234.56"; in German "5,00 $" and "-1.234,56 $"."""
    whole, rest = divmod(abs(cents), 100)
    words = pgettext("a sum of money, with its minus", "{minus}${dollars}{point}{cents}")
    return words.format(
        minus="-" if cents < 0 else "",
        dollars=grouped(whole),
        point=get_format("DECIMAL_SEPARATOR"),
        cents=f"{rest:02d}",
    )


# For a sentence that waits for its reader.
format_cents_lazy = lazy(format_cents, str)


def decimal_dollars(cents: int) -> str:
    """500 is "5.00", -123456 is "-1234.56": for programs that add up, such as spreadsheets, in every language."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def typed_cents(cents: int) -> str:
    """500 is "5.00", in German "5,00": as somebody would type it into a form, which reads either."""
    return decimal_dollars(cents).replace(".", get_format("DECIMAL_SEPARATOR"))


def parse_cents(text: str) -> int:
    """Return the cents of what a person typed, such as "5", "$12.5", "12,50 $" or "1,234.50"; else raise NotMoney."""
    plain = re.sub(r"^\$\s+", "$", text.translate(_FULL_WIDTH).strip())
    plain = plain if plain.startswith("$") else re.sub(r"\s*\$$", "", plain)
    match = next(filter(None, (written.fullmatch(plain) for written in DOLLARS)), None)
    if match is None:
        raise NotMoney
    whole = re.sub("[.,]", "", match["whole"])
    return int(whole or 0) * 100 + int((match["cents"] or "").ljust(2, "0"))


def fee_cents(price_cents: int) -> int:
    """Return the platform's share of a prize: FEE_BPS of it, rounded down to whole cents, and FEE_FLAT_CENTS.

    Whatever the settings, at least one cent is left for the winner: a payout of nothing can't be posted.
    """
    fee: int = price_cents * settings.FEE_BPS // 10_000 + settings.FEE_FLAT_CENTS
    return max(0, min(fee, price_cents - 1))


def net_cents(price_cents: int) -> int:
    """Return the winner's share of a prize."""
    return price_cents - fee_cents(price_cents)
