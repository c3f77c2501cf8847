"""Rows that wait for something outside: the table is the queue, a lease keeps two workers off one row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q

# Longer than the slowest row takes: a few calls, each with its retries and its time limit.
LEASE = timedelta(minutes=5)
ERROR_CHARS_MAX = 200


Row = TypeVar("Row", bound=models.Model)


class QueuedQuerySet(models.QuerySet[Row]):
    def due(self, now: datetime) -> Self:
        """What is to be tried by now and is in nobody's hands. Unordered: say `next_attempt_at` for oldest first."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        return self.filter(free, next_attempt_at__lte=now)

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

    def put_back(self, at: datetime | None, error: str = "", **changes: Any) -> bool:
        """End the lease, and come back `at` (None: not by itself)."""
        return self.hold(lease_until=None, next_attempt_at=at, last_error=error[:ERROR_CHARS_MAX], **changes)


class Letter(Queued):
    """A mail that has to go out, written in the transaction of what it tells."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=120)
    text = models.TextField(max_length=4000)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects: ClassVar[QueuedQuerySet[Letter]] = QueuedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="letter_to_be_sent"
            )
        ]

    def __str__(self) -> str:
        return self.subject
