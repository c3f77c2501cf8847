"""From when on a winner can take the prize to their bank, said before anybody claims a seat for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings

from accounts.models import User
from drops.models import Drop
from wallet.books.earnings import held_prizes, withdrawable_at
from wallet.books.payouts import paid_again_at


def prizes_free_at(drops: Sequence[Drop], viewer: User | None, now: datetime) -> dict[UUID, datetime]:
    """Return the time by drop, for those that were paid for and not refunded; the later it is judged, the later.

    To its winner it is what their wallet says: an appeal that nobody else may know of holds it longer, and what staff
    have to decide has no time. Nothing for play money, which goes to no bank.
    """
    if settings.PLAY_MONEY:
        return {}
    living = [drop for drop in drops if drop.is_open or drop.is_ranking or drop.is_completed]
    moved = paid_again_at(drop.reference for drop in living if drop.redecided_at)
    paid = {drop.reference: moved.get(drop.reference) or drop.ended_at or drop.window_closes_at for drop in living}
    times: dict[str, datetime | None] = {**withdrawable_at({ref: at for ref, at in paid.items() if at}, now)}
    if viewer is not None and any(drop.is_completed and not drop.is_sent_by(viewer) for drop in living):
        times |= {prize.reference: prize.until for prize in held_prizes(viewer, now)}
    return {drop.pk: at for drop in living if (at := times.get(drop.reference))}
