"""Taking away or emptying many rows: some at a time, so that no lock is held for long and a night may end anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from core.periodic import in_time


def delete_in_batches(rows: QuerySet[Any]) -> int:
    """Delete the rows, as far as the time for one kind of them reaches. Returns how many, without what hung from them.

    They are looked for once, since what is old is on no index, and asked for again as each batch is deleted.
    """
    label = rows.model._meta.label
    with_time = in_time(_batches(rows), settings.CLEAN_SECONDS_MAX)
    return sum(rows.filter(pk__in=keys).order_by().delete()[1].get(label, 0) for keys in with_time)


def update_in_batches(rows: QuerySet[Any], **changes: Any) -> int:
    """As `delete_in_batches`, for rows of which something is emptied and which are not found again then."""
    gone = 0
    for keys in in_time(_batches(rows), settings.CLEAN_SECONDS_MAX):
        with transaction.atomic():
            gone += rows.filter(pk__in=keys).order_by().update(**changes)
    return gone


def _batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    keys = list(rows.order_by().values_list("pk", flat=True)[: settings.CLEAN_ROWS_MAX])
    size = settings.CLEAN_ROWS_AT_ONCE
    yield from (keys[start : start + size] for start in range(0, len(keys), size))
