"""Money in: top-ups, and the disputes that take some of it back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

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

    def in_doubt(self) -> TopupQuerySet:
        return self.filter(doubts__isnull=False, doubts__ended_at=None).distinct()

    def still_meant(self) -> TopupQuerySet:
        """Those that have arrived and may pay for what they were for, as they have not fallen short of it."""
        return self.arrived().filter(fell_short_at=None)

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
    is_careful = models.BooleanField(
        default=False, db_default=False, help_text=_("its payer's bank is asked to confirm it (3-D Secure)")
    )
    reference = models.CharField(
        max_length=64, null=True, help_text=_("what the money is for, as its owner's room says")
    )
    stripe_session_id = models.CharField(max_length=255, null=True, unique=True)
    stripe_payment_intent_id = models.CharField(max_length=255, null=True, unique=True)
    stripe_charge_id = models.CharField(max_length=255, null=True, unique=True)
    idempotency_key = models.CharField(max_length=300, unique=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    called_at = models.DateTimeField(null=True, help_text=_("a call with the present key may have had its effect"))
    fingerprint = models.CharField(
        max_length=100, blank=True, default="", db_default="", help_text=_("Stripe's, of the card that paid")
    )
    card_last4 = models.CharField(
        max_length=4, blank=True, default="", db_default="", help_text=_("the last digits of the card that paid")
    )
    fee_cents = models.BigIntegerField(null=True, help_text=_("Stripe's, where it was known when the money arrived"))
    error_code = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    fell_short_at = models.DateTimeField(
        null=True, help_text=_("the wallet held too little for what it was for; from then on that is paid by hand")
    )

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
            models.Index(fields=["card_last4"], condition=~Q(card_last4=""), name="topup_by_card"),
            models.Index(fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="topup_due"),
            models.Index(fields=["reference"], condition=Q(reference__isnull=False), name="topup_for"),
        ]

    def __str__(self) -> str:
        return f"topup:{self.pk}"

    @property
    def reason(self) -> str:
        """The reason of the transfer that credits it."""
        return f"topup:{self.stripe_payment_intent_id if self.is_automatic else self.stripe_session_id}"

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
    def is_in_doubt(self) -> bool:
        """A person may say that the payment is trusted after all; a dispute goes its own way."""
        return self.doubts.standing().liftable().exists()

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


class FraudWarning(Queued):
    """A bank's word that a payment was a fraud. It is heard once: what staff have trusted since stays trusted.

    Where the payment is to be refunded at once, the row waits for that.
    """

    id = models.CharField(primary_key=True, max_length=255, help_text="issfr_…")
    topup = models.ForeignKey(Topup, on_delete=models.PROTECT, null=True, related_name="fraud_warnings")
    noted_at = models.DateTimeField()
    refunded_at = models.DateTimeField(null=True, help_text=_("by ourselves, because of it"))

    class Meta:
        db_table = "fraud_warning"
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="fraud_warning_due"
            )
        ]

    def __str__(self) -> str:
        return self.pk


class Dispute(models.Model):
    """A payment whose owner went to their bank; as long as it is open, its user is frozen."""

    id = models.CharField(primary_key=True, max_length=255, help_text="du_…")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="disputes")
    topup = models.ForeignKey(Topup, on_delete=models.PROTECT, related_name="disputes")
    amount_cents = models.BigIntegerField()
    status = models.CharField(max_length=40, help_text=_("Stripe's word"))
    is_open = models.BooleanField(help_text=_("freezes the user"))
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    evidence_sent_at = models.DateTimeField(null=True, help_text=_("when staff answered it with our records"))

    class Meta:
        db_table = "dispute"
        constraints = [models.CheckConstraint(condition=Q(amount_cents__gt=0), name="dispute_amount_positive")]
        indexes = [models.Index(fields=["user"], condition=Q(is_open=True), name="dispute_open_of_user")]

    def __str__(self) -> str:
        return f"dispute:{self.pk}"

    @property
    def can_be_answered(self) -> bool:
        """The bank waits for our side, and has not had it yet."""
        return self.status in ("needs_response", "warning_needs_response") and self.evidence_sent_at is None
