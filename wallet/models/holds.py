"""Money on its way back: payouts that are held for staff, what returns to a card, transfers that are called back."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.queue import Queued, QueuedQuerySet
from wallet.models.money_in import Topup
from wallet.models.money_out import Withdrawal


class HeldPayoutQuerySet(models.QuerySet["HeldPayout"]):
    def open(self) -> HeldPayoutQuerySet:
        return self.filter(status=HeldPayout.Status.OPEN)


class HeldPayout(models.Model):
    """A prize that was paid from a payment in doubt, or by somebody who seems to be its winner: it waits for staff.

    It stays in escrow, or held in its winner's wallet.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        RELEASED = "released"
        RETURNED = "returned"

    reference = models.CharField(max_length=64, unique=True, help_text=_("what the prize was for; opaque here"))
    topup = models.ForeignKey(
        Topup, on_delete=models.PROTECT, null=True, related_name="held_payouts", help_text=_("in doubt")
    )
    is_linked = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("its sender and its winner were found to be linked after it was paid: staff alone let it go"),
    )
    payer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    payee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.BigIntegerField(help_text=_("what the winner gets"))
    fee_cents = models.BigIntegerField(default=0)
    was_paid = models.BooleanField(help_text=_("it is in the winner's wallet already, and can't be withdrawn"))
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[HeldPayoutQuerySet] = HeldPayoutQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "held_payout"
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0, fee_cents__gte=0), name="held_payout_positive"),
            models.CheckConstraint(condition=Q(topup__isnull=False) | Q(is_linked=True), name="held_payout_has_a_why"),
            models.CheckConstraint(
                condition=Q(status="open", decided_at__isnull=True)
                | Q(status__in=("released", "returned"), decided_at__isnull=False),
                name="held_payout_outcome_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["payee"], condition=Q(status="open"), name="held_payout_open_of_payee")]

    def __str__(self) -> str:
        return f"payout:{self.reference}"

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class CardRefund(Queued):
    """A wish to send what is left of a top-up back to its card; the money waits in transit until Stripe has said."""

    class Status(models.TextChoices):
        PENDING = "pending"
        COMPLETED = "completed"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topup = models.ForeignKey(Topup, on_delete=models.PROTECT, related_name="card_refunds")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="card_refunds")
    amount_cents = models.BigIntegerField()
    fee_cents = models.BigIntegerField(help_text=_("of Stripe's fee for the payment, what the house is left with"))
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    attempt = models.PositiveSmallIntegerField(default=1)
    called_at = models.DateTimeField(null=True, help_text=_("a call with the present key may have had its effect"))
    stripe_refund_id = models.CharField(max_length=255, null=True, unique=True)
    failure_code = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "card_refund"
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0, fee_cents__gte=0), name="card_refund_positive"),
            models.CheckConstraint(
                condition=Q(status="pending", failure_code="")
                | Q(status="completed", stripe_refund_id__isnull=False, failure_code="")
                | Q(status="failed") & ~Q(failure_code=""),
                name="card_refund_outcome_is_whole",
            ),
            models.UniqueConstraint(fields=["topup"], condition=Q(status="pending"), name="card_refund_one_at_a_time"),
        ]
        indexes = [
            models.Index(fields=["user", "created_at"], name="card_refund_of_user"),
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="card_refund_due"
            ),
        ]

    def __str__(self) -> str:
        return f"card_refund:{self.pk}"


class RecallQuerySet(QueuedQuerySet["Recall"]):
    def hoped_for(self) -> QuerySet[Recall]:
        """Those whose money may still come back."""
        return self.filter(status=Recall.Status.PENDING)


class Recall(Queued):
    """A wish to reverse a transfer, for what its owner has come to owe; its account may not be able to bear it."""

    class Status(models.TextChoices):
        PENDING = "pending"
        COMPLETED = "completed"
        FAILED = "failed"

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="recalls")
    amount_cents = models.BigIntegerField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    failure_code = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()

    objects: ClassVar[RecallQuerySet] = RecallQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "recall"
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="recall_amount_positive"),
            models.UniqueConstraint(fields=["withdrawal"], condition=Q(status="pending"), name="recall_one_at_a_time"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="recall_due")
        ]

    def __str__(self) -> str:
        return f"recall:{self.pk}"
