"""How much an account may add and withdraw, within a day and within thirty; more with each clean month.

A stolen card is emptied in minutes. A limit leaves the bank the time to notice, and costs regulars nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Refused
from core.words import Words
from wallet.books.records import blemishes
from wallet.models import Entry, Topup, Withdrawal
from wallet.models.money_in import IN_FLIGHT
from wallet.money import format_cents_lazy

DAY, MONTH = timedelta(days=1), timedelta(days=30)
ADD = _("You can add {now} now: for the time being at most {day} within 24 hours and {month} within 30 days.")
WITHDRAW = _("You can withdraw {now} now: for the time being at most {day} within 24 hours and {month} within 30 days.")


class CapReached(Refused):
    code = "cap_reached"
    status = 429
    message = _("You reached what your account can add or withdraw within 24 hours or 30 days.")
    next_step = _("The limits rise with each month in which no payment of yours is disputed.")


@dataclass(frozen=True)
class Room:
    """The cents that an account may still move now, its limits, and when the oldest that counts stops to count."""

    cents: int
    day_cents: int
    month_cents: int
    wider_at: datetime | None


def topup_room(user: User, now: datetime) -> Room:
    """Return what the user may still add. A payment page that is open counts until it is paid or has run out.

    It becomes more with the months since a payment of theirs first arrived: prizes prove no card.
    """
    first = Topup.objects.of(user).arrived().order_by("created_at").values_list("created_at", flat=True).first()
    rows = Topup.objects.filter(user=user, created_at__gt=now - MONTH, status__in=(*IN_FLIGHT, "succeeded"))
    moved = list(rows.order_by("created_at").values_list("created_at", "amount_cents"))
    return _room(moved, settings.TOPUP_DAY_CENTS_MAX, settings.TOPUP_MONTH_CENTS_MAX, _times(user, first, now), now)


def withdrawal_room(user: User, now: datetime) -> Room:
    """Return what the user may still withdraw. One that failed does not count."""
    first = Entry.objects.of_user(user).order_by("id").values_list("created_at", flat=True).first()
    rows = Withdrawal.objects.filter(user=user, created_at__gt=now - MONTH).exclude(status="failed")
    moved = list(rows.order_by("created_at").values_list("created_at", "amount_cents"))
    limits = (settings.WITHDRAWAL_DAY_CENTS_MAX, settings.WITHDRAWAL_MONTH_CENTS_MAX)
    return _room(moved, *limits, _times(user, first, now), now)


def require_room(room: Room, amount_cents: int, sentence: Words) -> None:
    """Raise CapReached, with ADD or WITHDRAW, where `amount_cents` is more than there is room for."""
    if amount_cents > room.cents:
        day, month = format_cents_lazy(room.day_cents), format_cents_lazy(room.month_cents)
        text = format_lazy(sentence, now=format_cents_lazy(room.cents), day=day, month=month)
        raise CapReached(text, retry_at=room.wider_at, available=room.cents, required=amount_cents)


def _room(moved: list[tuple[datetime, int]], day_cents: int, month_cents: int, times: int, now: datetime) -> Room:
    day, month = day_cents * times, month_cents * times
    today = [(at, cents) for at, cents in moved if at > now - DAY]
    by_day = day - sum(cents for _at, cents in today)
    by_month = month - sum(cents for _at, cents in moved)
    oldest = today[0][0] + DAY if today and by_day <= by_month else moved[0][0] + MONTH if moved else None
    return Room(max(0, min(by_day, by_month)), day, month, oldest)


def _times(user: User, first: datetime | None, now: datetime) -> int:
    """Return by how much the limits are multiplied: once more for each clean month since `first`, up to a setting."""
    since = now - timedelta(seconds=settings.CLEAN_RECORD_SECONDS)
    if first is None or any(rows.exists() for rows in blemishes(user, since)):
        return 1
    most: int = settings.CAPS_TIMES_MAX
    return min(1 + max(0, (now - first) // MONTH), most)
