"""Wishes of people about themselves: a copy of their data, and to be erased."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from core.queue import Queued, QueuedQuerySet

FOLDER = "exports"


class ExportQuerySet(QueuedQuerySet["Export"]):
    def waiting(self) -> ExportQuerySet:
        """Those that are still to be built."""
        return self.filter(built_at=None, gone_at=None)

    def ready(self, now: datetime) -> ExportQuerySet:
        """Those whose file can be downloaded."""
        return self.filter(built_at__isnull=False, gone_at=None, expires_at__gt=now)

    def over(self, now: datetime) -> ExportQuerySet:
        """Those whose file has had its time and is still there."""
        return self.filter(expires_at__lte=now, gone_at=None)


class Export(Queued):
    """A copy of all that is somebody's: asked for, built by a worker, kept for some days. The row outlives its file."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    asked_at = models.DateTimeField()
    built_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True, help_text=_("when its file was deleted, or building it was given up"))
    size = models.PositiveBigIntegerField(default=0, help_text=_("bytes"))
    sha256 = models.CharField(max_length=64, blank=True, default="")
    downloads = models.PositiveIntegerField(default=0)
    downloaded_at = models.DateTimeField(null=True, help_text=_("the last time"))

    objects: ClassVar[ExportQuerySet] = ExportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(built_at=None, gone_at=None), name="export_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(built_at=None, expires_at=None) | Q(built_at__isnull=False, expires_at__isnull=False),
                name="export_expires_once_built",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-asked_at"], name="export_newest"),
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="export_due"),
            models.Index(fields=["expires_at"], condition=Q(gone_at=None), name="export_kept"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def path(self) -> str:
        """Where its bytes lie: by id alone, so that what was left half written is found and replaced."""
        return f"{FOLDER}/{self.pk}.zip"


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def standing(self) -> ErasureQuerySet:
        """Those that were neither taken back nor carried out."""
        return self.filter(cancelled_at=None, done_at=None)

    def due(self, now: datetime) -> ErasureQuerySet:
        return self.standing().filter(due_at__lte=now)

    def agreed_cents(self, user: User, now: datetime) -> int:
        """Return up to how much of their wallet `user` gives up now: nothing before their wish is due."""
        return self.due(now).filter(user=user).values_list("gives_up_cents", flat=True).first() or 0


class Erasure(models.Model):
    """Somebody's wish to be erased: it can be taken back until it is due, and waits on while something is open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="erasures")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    gives_up_rest = models.BooleanField(
        default=False, help_text=_("what is left in the wallet and can't be taken out is the house's then")
    )
    gives_up_cents = models.PositiveBigIntegerField(
        default=0,
        db_default=0,
        help_text=_("up to how much of it they agreed to: what they were shown when they asked"),
    )
    in_the_way_told_at = models.DateTimeField(
        null=True, help_text=_("when they were told that something is open still, though it was due")
    )
    cancelled_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[ErasureQuerySet] = ErasureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(cancelled_at=None, done_at=None), name="erasure_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(cancelled_at=None) | Q(done_at=None), name="erasure_has_one_end"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(cancelled_at=None, done_at=None), name="erasure_due"),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
