"""From when on a winner can take the prize to their bank, said before anybody claims a seat for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings

from drops.models import Drop
from wallet.books.earnings import withdrawable_at


def prizes_free_at(drops: Sequence[Drop], now: datetime) -> dict[UUID, datetime]:
    """Return the time by drop, for those that were paid for and not refunded; the later it is judged, the later.

    Nothing for play money, which goes to no bank.
    """
    if settings.PLAY_MONEY:
        return {}
    living = [drop for drop in drops if drop.is_open or drop.is_ranking or drop.is_completed]
    paid = {drop: drop.ended_at or drop.window_closes_at for drop in living}
    times = withdrawable_at({drop.reference: at for drop, at in paid.items() if at is not None}, now)
    return {drop.pk: times[drop.reference] for drop in paid if drop.reference in times}
