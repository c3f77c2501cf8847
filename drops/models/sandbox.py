"""A drop to try one's wiring on: one seat, one program, no money. Its status follows from the clock alone."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Func, IntegerField, Q, Sum
from django.urls import reverse

from drops.models.statuses import Status
from drops.packs import PACKS

# How long it says that it is being judged, so that programs meet that status too.
JUDGED_WITHIN = timedelta(seconds=1)
OCTETS = Func(F("body"), function="octet_length", output_field=IntegerField())


class SandboxDropQuerySet(models.QuerySet["SandboxDrop"]):
    def opened_since(self, since: datetime) -> SandboxDropQuerySet:
        return self.filter(created_at__gt=since)

    def purgeable(self, *, before: datetime) -> SandboxDropQuerySet:
        """Return those that closed before then."""
        return self.filter(closes_at__lte=before)

    def text_bytes(self) -> int:
        """Return how much room their entries take, in bytes of UTF-8."""
        octets: int = self.aggregate(octets=Sum(OCTETS, default=0))["octets"]
        return octets


class SandboxDrop(models.Model):
    """Its user is its only agent; the latest revision is kept, and no other."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sandbox_drops")
    pack = models.CharField(max_length=16, choices=[(pack.id, pack.name) for pack in PACKS.values()])
    created_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    body = models.TextField(blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    revisions = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[SandboxDropQuerySet] = SandboxDropQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pack__in=list(PACKS)), name="sandbox_pack_known"),
            models.CheckConstraint(
                condition=Q(revisions=0, received_at=None) | Q(revisions__gt=0, received_at__isnull=False),
                name="sandbox_entry_was_received",
            ),
            models.CheckConstraint(
                condition=Q(revisions=0) | Q(claimed_at__isnull=False), name="sandbox_entry_has_a_seat"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="sandbox_of_user"),
            models.Index(fields=["closes_at"], name="sandbox_closed"),
        ]

    def __str__(self) -> str:
        return f"sandbox drop {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("sandbox_drop", args=[self.pk])

    @property
    def ended_at(self) -> datetime:
        return self.closes_at + JUDGED_WITHIN

    def is_open(self, now: datetime) -> bool:
        return now < self.closes_at

    def has_ended(self, now: datetime) -> bool:
        return now >= self.ended_at

    def status_at(self, now: datetime, *, has_passed: bool) -> Status:
        """Return where it stands by the clock; `has_passed` says of its entry whether it is good enough."""
        if self.is_open(now):
            return Status.OPEN
        if not self.has_ended(now):
            return Status.RANKING
        return Status.COMPLETED if has_passed else Status.FAILED
