"""Rows that wait for something outside: the table is the queue, a lease keeps two workers off one row."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar, cast

from django.db import models
from django.db.models import Q

# Longer than the slowest row takes: a few calls, each with its retries and its time limit.
LEASE = timedelta(minutes=5)
ERROR_CHARS_MAX = 200
FIRST_WAIT_SECONDS = 30
WAIT_SECONDS_MAX = 7_200

_dice = secrets.SystemRandom()

Row = TypeVar("Row", bound=models.Model)


def back_off(
    now: datetime, tries: int, *, first: int = FIRST_WAIT_SECONDS, most: int = WAIT_SECONDS_MAX, jitter: float = 0
) -> datetime:
    """When to try again after `tries` tries: twice as long each time, from `first` to `most` seconds.

    `jitter` is by which part of that it may be longer, so that what failed together does not come back together.
    """
    seconds = min(most, first * 2 ** min(max(tries - 1, 0), 20))
    return now + timedelta(seconds=seconds * (1 + _dice.uniform(0, jitter)))


class QueuedQuerySet(models.QuerySet[Row]):
    def due(self, now: datetime) -> Self:
        """Return rows that are due and not leased. Unordered: order by `next_attempt_at` for oldest first."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        return self.filter(free, next_attempt_at__lte=now)

    def oldest_due(self, now: datetime, limit: int) -> list[Any]:
        """Keys of what is due, oldest first."""
        return list(self.due(now).order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:limit])

    def take(self, pk: Any, now: datetime) -> Row | None:
        """The row, leased to the caller, or None where it is not due or somebody else was quicker."""
        if not self.due(now).filter(pk=pk).update(lease_until=now + LEASE):
            return None
        return self.get(pk=pk)


class Queued(models.Model):
    """`next_attempt_at` says when to try; empty means that nothing is left to do, or only a person may do it."""

    tries = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=ERROR_CHARS_MAX, blank=True, default="")

    objects: ClassVar[QueuedQuerySet[Any]] = QueuedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        abstract = True

    def hold(self, **changes: Any) -> bool:
        """Write `changes` if the lease is still ours; says whether it was."""
        mine = type(self).objects.filter(pk=self.pk, lease_until=self.lease_until)
        if not mine.update(**changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True

    def lock_if_held(self) -> Self | None:
        """Return the row as it stands, locked until the transaction ends; None where the lease is no longer ours."""
        mine = type(self).objects.filter(pk=self.pk, lease_until=self.lease_until)
        return cast("Self | None", mine.select_for_update().first())

    def put_back(self, at: datetime | None, error: str = "", **changes: Any) -> bool:
        """End the lease, and come back `at` (None: not by itself)."""
        return self.hold(lease_until=None, next_attempt_at=at, last_error=error[:ERROR_CHARS_MAX], **changes)
