"""What users pay in and are paid out, and how."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum

from accounts.models import User
from core.queue import Queued, QueuedQuerySet
from wallet.models.books import USD

IN_FLIGHT = ("pending", "unknown")
CLOSED_BY_STAFF = "closed_by_staff"
PROCESSING = "processing"


class TopupQuerySet(QueuedQuerySet["Topup"]):
    def of(self, user: User) -> TopupQuerySet:
        """The user's. Unordered: say `-created_at` for newest first."""
        return self.filter(user=user)

    def held(self) -> TopupQuerySet:
        """Those that a person has to decide about."""
        return self.filter(status=Topup.Status.QUARANTINED)

    def arrived(self) -> TopupQuerySet:
        return self.filter(status=Topup.Status.SUCCEEDED)

    def automatic(self, user: User) -> TopupQuerySet:
        return self.filter(user=user, source=Topup.Source.AUTO)

    def in_flight(self) -> TopupQuerySet:
        """Those whose end is not known yet."""
        return self.filter(status__in=IN_FLIGHT)

    def charged_since(self, since: datetime) -> int:
        """Cents that were charged since then, counting what may yet turn out to be."""
        counted = self.filter(created_at__gte=since, status__in=(*IN_FLIGHT, "succeeded"))
        return int(counted.aggregate(cents=Sum("amount_cents"))["cents"] or 0)


class Topup(Queued):
    """Money on its way into a wallet; `unknown` is a charge that was sent and never answered."""

    class Source(models.TextChoices):
        CHECKOUT = "checkout"
        AUTO = "auto"

    class Status(models.TextChoices):
        PENDING = "pending"
        UNKNOWN = "unknown"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        EXPIRED = "expired"
        QUARANTINED = "quarantined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="topups")
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, default=USD, db_default=USD)
    source = models.CharField(max_length=8, choices=Source.choices)
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.PENDING)
    keep_card = models.BooleanField(default=False)
    reference = models.CharField(max_length=64, null=True, help_text="what the money is for, as its owner's room says")
    stripe_session_id = models.CharField(max_length=255, null=True, unique=True)
    stripe_payment_intent_id = models.CharField(max_length=255, null=True, unique=True)
    stripe_charge_id = models.CharField(max_length=255, null=True, unique=True)
    idempotency_key = models.CharField(max_length=300, unique=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    called_at = models.DateTimeField(null=True, help_text="a call with the present key may have had its effect")
    error_code = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar[TopupQuerySet] = TopupQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "topup"
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="topup_amount_positive"),
            models.CheckConstraint(condition=Q(currency=USD), name="topup_in_dollars"),
            models.CheckConstraint(
                condition=Q(status__in=IN_FLIGHT, settled_at__isnull=True)
                | Q(status="succeeded", settled_at__isnull=False, error_code="")
                & (
                    Q(source="checkout", stripe_session_id__isnull=False)
                    | Q(source="auto", stripe_payment_intent_id__isnull=False)
                )
                | Q(status="expired", settled_at__isnull=True)
                | Q(status__in=("failed", "quarantined"), settled_at__isnull=True) & ~Q(error_code=""),
                name="topup_outcome_is_whole",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(source="auto", status__in=IN_FLIGHT), name="topup_one_automatic_in_flight"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="topup_newest_of_user"),
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="topup_due"),
            models.Index(fields=["reference"], condition=Q(reference__isnull=False), name="topup_for"),
        ]

    def __str__(self) -> str:
        return f"topup:{self.pk}"

    @property
    def is_in_flight(self) -> bool:
        return self.status in IN_FLIGHT

    @property
    def is_automatic(self) -> bool:
        return self.source == self.Source.AUTO

    @property
    def is_being_confirmed(self) -> bool:
        """Its owner has done their part; the bank has not."""
        return self.is_in_flight and (self.is_automatic or self.last_error == PROCESSING)

    @property
    def needs_its_owner(self) -> bool:
        """The bank wants the card's owner to confirm, which a charge without them cannot do."""
        return self.error_code == "authentication_required"

    @property
    def is_held(self) -> bool:
        """A person has to look at it first."""
        return self.status == self.Status.QUARANTINED

    @property
    def was_closed(self) -> bool:
        """A person has looked at it and credited nothing."""
        return self.error_code == CLOSED_BY_STAFF

    @property
    def has_expired(self) -> bool:
        return self.status == self.Status.EXPIRED

    @property
    def has_arrived(self) -> bool:
        return self.status == self.Status.SUCCEEDED


class WithdrawalQuerySet(QueuedQuerySet["Withdrawal"]):
    def stopped(self) -> WithdrawalQuerySet:
        """Those that only a person may go on with."""
        return self.filter(status="pending", next_attempt_at=None, lease_until=None)

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
    called_at = models.DateTimeField(null=True, help_text="a call with the present key may have had its effect")
    idempotency_key = models.CharField(max_length=300, unique=True)
    failure_code = models.CharField(max_length=100, blank=True)
    reversed_cents = models.BigIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

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
    def has_stopped(self) -> bool:
        """Only a person may go on with it."""
        return self.is_pending and self.next_attempt_at is None and self.lease_until is None

    @property
    def waits_for_funds(self) -> bool:
        return self.is_pending and self.last_error == "balance_insufficient"


class Dispute(models.Model):
    """A payment whose owner went to their bank; as long as it is open, its user is frozen."""

    id = models.CharField(primary_key=True, max_length=255, help_text="du_…")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="disputes")
    topup = models.ForeignKey(Topup, on_delete=models.PROTECT, related_name="disputes")
    amount_cents = models.BigIntegerField()
    status = models.CharField(max_length=40, help_text="Stripe's word")
    is_open = models.BooleanField(help_text="freezes the user")
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "dispute"
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="dispute_amount_positive")]
        indexes = [models.Index(fields=["user"], condition=Q(is_open=True), name="dispute_open_of_user")]

    def __str__(self) -> str:
        return f"dispute:{self.pk}"


class PaymentProfile(models.Model):
    """How a user pays and is paid; most users have no row."""

    class AccountStatus(models.TextChoices):
        PENDING = "pending"
        ACTIVE = "active"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, primary_key=True, related_name="payment_profile"
    )
    stripe_customer_id = models.CharField(max_length=255, null=True, unique=True)
    customers_lost = models.PositiveSmallIntegerField(default=0, help_text="customers deleted at Stripe")
    stripe_account_id = models.CharField(max_length=255, null=True, unique=True)
    stripe_account_status = models.CharField(max_length=8, choices=AccountStatus.choices, null=True)
    stripe_account_requirements = models.JSONField(default=list, help_text="what Stripe still wants to know")
    auto_topup_enabled = models.BooleanField(default=False)
    auto_topup_amount_cents = models.BigIntegerField(null=True)
    auto_topup_threshold_cents = models.BigIntegerField(null=True)
    auto_topup_failures = models.PositiveSmallIntegerField(default=0, help_text="in a row")
    auto_topup_not_before = models.DateTimeField(null=True, help_text="backs off after a failure")
    auto_topup_paused_code = models.CharField(max_length=100, blank=True, default="")
    has_payment_method = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stripe_account_status__isnull=True, stripe_account_id__isnull=True)
                | Q(stripe_account_status__isnull=False, stripe_account_status__in=("pending", "active"))
                & Q(stripe_account_id__isnull=False),
                name="payment_profile_account_has_status",
            ),
            models.CheckConstraint(
                condition=Q(auto_topup_amount_cents__isnull=True) | Q(auto_topup_amount_cents__gt=0),
                name="payment_profile_topup_positive",
            ),
            models.CheckConstraint(
                condition=Q(auto_topup_threshold_cents__isnull=True) | Q(auto_topup_threshold_cents__gte=0),
                name="payment_profile_threshold_not_negative",
            ),
            # Each half is named: a comparison with an empty column is neither true nor false, which a CHECK lets pass.
            models.CheckConstraint(
                condition=Q(auto_topup_enabled=False)
                | Q(
                    auto_topup_amount_cents__isnull=False,
                    auto_topup_threshold_cents__isnull=False,
                    auto_topup_amount_cents__gt=F("auto_topup_threshold_cents"),
                    has_payment_method=True,
                ),
                name="payment_profile_auto_topup_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"payment profile of {self.user_id}"

    @property
    def takes_payouts(self) -> bool:
        return self.stripe_account_status == self.AccountStatus.ACTIVE

    @classmethod
    def of(cls, user: User) -> PaymentProfile:
        """The user's stored profile, or an unsaved one that says: nothing set up."""
        profile: PaymentProfile | None = cls.objects.filter(user=user).first()
        return profile or cls(user=user)
