"""How long answers to requests with an Idempotency-Key are kept, and forgetting those that are older."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import IdempotencyKey
from core.db.batches import delete_in_batches

KEPT_FOR = timedelta(hours=24)


def forget_answers(*, now: datetime) -> int:
    """Delete the answers, and the keys, that have been kept for long enough, of everybody. Returns how many."""
    return delete_in_batches(IdempotencyKey.objects.filter(created_at__lte=now - KEPT_FOR))
