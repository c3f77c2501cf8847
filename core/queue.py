"""Rows that wait for something outside: the table is the queue, a lease keeps two workers off one row."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar, cast

from django.db import models, transaction
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


def note_all(answered: Sequence[tuple[Any, Any]], note: Callable[..., object], now: datetime) -> None:
    """Call `note` for each row with its answer: one transaction for all that were taken, one for each that was not.

    Waiting for the disk once for each would take longer than the calls did. Trouble locks more, so it is noted alone.
    """
    with transaction.atomic():
        for row, answer in answered:
            if answer.is_taken:
                note(delivery=row, answer=answer, now=now)
    for row, answer in answered:
        if not answer.is_taken:
            note(delivery=row, answer=answer, now=now)


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

    def take_some(self, pks: Iterable[Any], now: datetime) -> list[Row]:
        """Return those of the rows that are due and that nobody else has, leased to the caller; in any order."""
        until = now + LEASE
        with transaction.atomic():
            free = list(self.due(now).filter(pk__in=pks).select_for_update(of=("self",), skip_locked=True))
            self.filter(pk__in=[row.pk for row in free]).update(lease_until=until)
        for row in free:
            row.lease_until = until  # type: ignore[attr-defined]
        return free


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
