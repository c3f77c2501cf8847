"""Stripe's side of the books: its events, and the mirror of its own book of our balance."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.queue import Queued, QueuedQuerySet
from wallet.models.books import USD, Transfer

HANGS_AFTER = timedelta(minutes=15)


class StripeEventQuerySet(QueuedQuerySet["StripeEvent"]):
    def unprocessed(self) -> StripeEventQuerySet:
        """Those that wait, those that failed, and those that were given up."""
        return self.filter(status__in=("received", "failed", "dead"))

    def payouts_of(self, account: str) -> StripeEventQuerySet:
        """Return the events that ended payouts from a connected account to its owner's bank. Unordered."""
        types = [f"{twin}payout.{end}" for twin in ("", "v1.") for end in ("paid", "failed")]
        return self.filter(account=account, type__in=types)

    def hanging(self, now: datetime) -> StripeEventQuerySet:
        """Those that failed, were given up, or have waited for a quarter of an hour."""
        late = Q(status="received", received_at__lt=now - HANGS_AFTER)
        return self.filter(late | Q(status__in=("failed", "dead")))


class StripeEvent(Queued):
    """One delivery of Stripe's, stored once; worked on later by fetching what it is about anew."""

    class Status(models.TextChoices):
        RECEIVED = "received"
        FAILED = "failed"
        DEAD = "dead"
        PROCESSED = "processed"
        IGNORED = "ignored"

    id = models.CharField(primary_key=True, max_length=255, help_text="evt_…")
    type = models.CharField(max_length=150)
    account = models.CharField(max_length=255, null=True, help_text=_("the connected account it is about"))
    object_id = models.CharField(max_length=255, null=True)
    livemode = models.BooleanField()
    api_version = models.CharField(max_length=60, null=True)
    created = models.DateTimeField(help_text=_("at Stripe"))
    payload = models.JSONField()
    received_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.RECEIVED)
    processed_at = models.DateTimeField(null=True)

    objects: ClassVar[StripeEventQuerySet] = StripeEventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "stripe_event"
        verbose_name = _("Stripe event")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=("received", "failed"), next_attempt_at__isnull=False)
                | Q(status="dead", next_attempt_at__isnull=True)
                | Q(status__in=("processed", "ignored"), processed_at__isnull=False, next_attempt_at__isnull=True),
                name="stripe_event_status_is_whole",
            )
        ]
        indexes = [
            models.Index(fields=["object_id"], name="stripe_event_about"),
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="stripe_event_due"
            ),
            models.Index(fields=["received_at"], condition=Q(livemode=False), name="stripe_event_of_a_sandbox"),
            models.Index(
                fields=["account", "-created"], condition=Q(account__isnull=False), name="stripe_event_of_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"

    @property
    def is_stuck(self) -> bool:
        """It was tried and failed, so that a person may have to decide."""
        return self.status in (self.Status.FAILED, self.Status.DEAD)


class StripeBalanceTxn(models.Model):
    """A line of Stripe's book: `net` = `amount` - `fee` is what our balance there moved by, in cents."""

    id = models.CharField(primary_key=True, max_length=255, help_text="txn_…")
    type = models.CharField(max_length=60)
    reporting_category = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    net = models.BigIntegerField()
    currency = models.CharField(max_length=3, default=USD)
    source = models.CharField(max_length=255, null=True, db_index=True)
    created = models.DateTimeField()
    available_on = models.DateTimeField()
    looked_at = models.DateTimeField(
        null=True, help_text=_("when Stripe was asked what it is about, as our books did not say")
    )

    class Meta:
        db_table = "stripe_balance_txn"
        verbose_name = _("Stripe balance transaction")
        constraints = [
            models.CheckConstraint(condition=Q(net=models.F("amount") - models.F("fee")), name="stripe_txn_adds_up")
        ]

    def __str__(self) -> str:
        return self.pk


class StripeMatch(models.Model):
    """Which line of Stripe's book a transfer of ours is in. A line may be several: a charge and its fee."""

    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, primary_key=True, related_name="stripe_match")
    txn = models.ForeignKey(StripeBalanceTxn, on_delete=models.PROTECT, related_name="matches")

    class Meta:
        db_table = "stripe_match"
        verbose_name = _("Stripe match")
        verbose_name_plural = _("Stripe matches")

    def __str__(self) -> str:
        return f"{self.txn_id} {self.transfer_id}"


class Reconciliation(models.Model):
    """One comparison of the two books, in cents."""

    ran_at = models.DateTimeField()
    stripe_cents = models.BigIntegerField(null=True, help_text=_("what Stripe says our balance is, where it said so"))
    mirror_cents = models.BigIntegerField(help_text=_("the sum of its lines, as mirrored"))
    books_cents = models.BigIntegerField(help_text=_("what our ledger says Stripe holds"))
    new_lines = models.PositiveIntegerField()
    unmatched_lines = models.PositiveIntegerField()
    unmatched_transfers = models.PositiveIntegerField()
    unseen = models.JSONField(default=list, db_default=[], help_text=_("what Stripe could not be asked for"))

    class Meta:
        db_table = "reconciliation"

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d %H:%M}"

    @property
    def difference_cents(self) -> int | None:
        """Return how much more Stripe holds than our books say; 0 is right, None where it did not say."""
        return None if self.stripe_cents is None else self.stripe_cents - self.books_cents

    @property
    def is_whole(self) -> bool:
        """Everything was looked at, and the two books are one."""
        return self.difference_cents == 0 and not self.unseen


class Lease(models.Model):
    """A turn that one process of all has at a time; it ends by itself, should its holder die."""

    name = models.CharField(primary_key=True, max_length=40)
    until = models.DateTimeField()

    class Meta:
        db_table = "wallet_lease"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def take(cls, name: str, *, until: datetime, now: datetime) -> Lease | None:
        """The lease, ours until then; None while somebody has it."""
        lease, made = cls.objects.get_or_create(pk=name, defaults={"until": until})
        if made:
            return lease
        if not cls.objects.filter(pk=name, until__lte=now).update(until=until):
            return None
        return cls(name=name, until=until)

    def give_back(self) -> None:
        """End it, unless it ended before and is somebody else's."""
        Lease.objects.filter(pk=self.pk, until=self.until).delete()
