"""Money out: withdrawals."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.queue import Queued, QueuedQuerySet

LINKED_TO_DOUBT = "linked_to_doubt"


class WithdrawalQuerySet(QueuedQuerySet["Withdrawal"]):
    def stopped(self) -> WithdrawalQuerySet:
        """Those that a person has to look at."""
        waiting = Q(next_attempt_at=None) | Q(last_error=LINKED_TO_DOUBT)
        return self.filter(waiting, status="pending", lease_until=None)

    def failed_since(self, since: datetime) -> WithdrawalQuerySet:
        return self.filter(status="failed", ended_at__gte=since)


class Withdrawal(Queued):
    """A wish to move money from a wallet to a bank; pending as long as its outcome is unknown."""

    class Status(models.TextChoices):
        PENDING = "pending"
        COMPLETED = "completed"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="withdrawals")
    amount_cents = models.BigIntegerField()
    stripe_transfer_id = models.CharField(max_length=255, null=True, unique=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PENDING)
    attempt = models.PositiveSmallIntegerField(default=1)
    called_at = models.DateTimeField(null=True, help_text=_("a call with the present key may have had its effect"))
    idempotency_key = models.CharField(max_length=300, unique=True)
    failure_code = models.CharField(max_length=100, blank=True)
    reversed_cents = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    trusted_at = models.DateTimeField(null=True, help_text=_("staff sent it on, though a linked account is in doubt"))

    objects: ClassVar[WithdrawalQuerySet] = WithdrawalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "withdrawal"
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="withdrawal_amount_positive"),
            models.CheckConstraint(
                condition=Q(status="pending", failure_code="")
                | Q(status="completed", stripe_transfer_id__isnull=False, failure_code="")
                | Q(status="failed") & ~Q(failure_code=""),
                name="withdrawal_outcome_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(reversed_cents=0) | Q(status="completed", reversed_cents__range=(1, F("amount_cents"))),
                name="withdrawal_reversed_within_amount",
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="withdrawal_due")
        ]

    def __str__(self) -> str:
        return f"withdrawal:{self.pk}"

    @property
    def is_pending(self) -> bool:
        return self.status == self.Status.PENDING

    @property
    def is_completed(self) -> bool:
        return self.status == self.Status.COMPLETED

    @property
    def may_have_been_sent(self) -> bool:
        """Whether a call with the present key went out, of which nobody knows the outcome; Stripe is asked first."""
        return self.called_at is not None

    def was_called_before(self, moment: datetime) -> bool:
        return self.called_at is not None and self.called_at <= moment

    @property
    def has_stopped(self) -> bool:
        """Only a person may go on with it."""
        return self.is_pending and self.next_attempt_at is None and self.lease_until is None

    @property
    def waits_for_doubt(self) -> bool:
        """A payment of an account that seems to be the same person's is in doubt."""
        return self.is_pending and self.last_error == LINKED_TO_DOUBT

    @property
    def waits_for_funds(self) -> bool:
        return self.is_pending and self.last_error == "balance_insufficient"
