"""Keeping what somebody typed until they have signed in: so much of each account or address, so much in whole, and
for so long.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from accounts.models import KeptText
from core.db.batches import delete_in_batches
from core.db.locks import Turn, take_turn

# How `whose` begins of what a stranger typed, and how many of its letters are kept.
A_STRANGERS = "address"
WHOSE_CHARS = 64
# How many that are over go at once as another comes.
OVER_AT_ONCE = 100


@transaction.atomic
def keep_text(*, whose: str, fields: Any, seconds: int, now: datetime, instead_of: object = None) -> str | None:
    """Keep `fields` for `seconds` and return their key, or None where their owner's room, or everybody's, is used up.
    What was kept under `instead_of` makes room, and stays where that is too little.
    """
    written = json.dumps(fields, ensure_ascii=False)
    size = len(written.encode())
    # One at a time, or several could each find the last room.
    take_turn(Turn.KEPT_TEXTS)
    _forget_some_over(now)
    replaced = _rows(instead_of)
    if not _has_room(whose, size, KeptText.objects.filter(expires_at__gt=now).exclude(pk__in=replaced.values("pk"))):
        return None
    replaced.delete()
    expires_at = now + timedelta(seconds=seconds)
    return str(KeptText.objects.create(whose=whose, fields=written, size=size, expires_at=expires_at).pk)


def _has_room(whose: str, size: int, kept: Any) -> bool:
    """Whether so many bytes may stand beside what is kept. Of the room of all, strangers together fill half, or they
    could leave none for members.
    """
    most, bytes_most = settings.KEPT_TEXTS_MAX_OF_ALL, settings.KEPT_TEXTS_BYTES_MAX_OF_ALL
    bounds = [
        (kept.filter(whose=whose), settings.KEPT_TEXTS_MAX, settings.KEPT_TEXTS_BYTES_MAX),
        (kept, most, bytes_most),
    ]
    if whose.startswith(A_STRANGERS):
        bounds.append((kept.filter(whose__startswith=A_STRANGERS), most // 2, bytes_most // 2))
    return all(_fits(_taken(rows), size, number_max, bytes_max) for rows, number_max, bytes_max in bounds)


def _fits(taken: tuple[int, int], size: int, number_max: int, bytes_max: int) -> bool:
    number, bytes_taken = taken
    return number < number_max and bytes_taken + size <= bytes_max


def _taken(rows: Any) -> tuple[int, int]:
    taken: tuple[int, int] = rows.aggregate(number=Count("pk"), bytes=Coalesce(Sum("size"), 0)).values()
    number, size = taken
    return number, size


def text_kept(key: object, now: datetime) -> Any:
    """Return what is kept under the key; None where it is no key, or its time is over."""
    row = _rows(key).filter(expires_at__gt=now).first()
    return None if row is None else json.loads(row.fields)


def forget_text(key: object) -> None:
    """Delete what is kept under the key, if there is anything."""
    _rows(key).delete()


def forget_texts(*, now: datetime) -> int:
    """Delete what has had its time, of everybody. Returns how many."""
    return delete_in_batches(KeptText.objects.filter(expires_at__lte=now))


def _forget_some_over(now: datetime) -> None:
    """Delete more of what has had its time than one text that comes. Nights are hours apart, and the disk is full
    sooner; what a night is at is left to it.
    """
    over = KeptText.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now).order_by("expires_at")
    KeptText.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:OVER_AT_ONCE])).delete()


def _rows(key: object) -> Any:
    try:
        return KeptText.objects.filter(pk=UUID(str(key)))
    except (ValueError, ValidationError):
        return KeptText.objects.none()
