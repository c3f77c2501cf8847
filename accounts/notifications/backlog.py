"""How much may wait for one webhook or one browser: beyond that the oldest is skipped, for it is the stalest news."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q

SKIPPED = "skipped: too much waited for this address"


def skip_oldest(deliveries: Any, field: str, receivers: Collection[Any], now: datetime) -> int:
    """Give up the oldest of what waits for each of `receivers` beyond the most that may; how many.

    What is being sent right now stays. It costs one query where nobody has that much waiting.
    """
    most = settings.DELIVERIES_WAITING_MAX
    waiting = deliveries.objects.filter(next_attempt_at__isnull=False)
    full = waiting.filter(**{f"{field}__in": receivers}).values(field).annotate(number=Count("pk"))
    skipped = 0
    for receiver in full.filter(number__gt=most).order_by(field).values_list(field, flat=True):
        mine = waiting.filter(**{field: receiver}).order_by("-created_at", "-pk")
        idle = deliveries.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))
        skipped += idle.filter(pk__in=list(mine.values_list("pk", flat=True)[most:])).update(
            next_attempt_at=None, lease_until=None, last_error=SKIPPED
        )
    return skipped
