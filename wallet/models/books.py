"""The books: accounts, transfers, entries. The tables are the rulebook; `wallet.books.ledger` is the only writer."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from wallet.models.triggers import ACCOUNT_TRIGGERS, ENTRY_TRIGGERS, TRANSFER_TRIGGERS

# Sums over several currencies mean nothing: a second one needs more than a wider list here.
USD = "usd"


class Account(models.Model):
    """A place money can be. Its balance is the sum of its entries' deltas."""

    class Kind(models.TextChoices):
        WALLET = "wallet"
        ESCROW = "escrow"
        TRANSIT = "transit"
        DEBT = "debt"
        STRIPE_CLEARING = "stripe_clearing"
        PLAY_CLEARING = "play_clearing"
        FEES = "fees"
        STRIPE_FEES = "stripe_fees"
        ADJUSTMENTS = "adjustments"

    FLOORED_KINDS = (Kind.WALLET, Kind.TRANSIT, Kind.ESCROW)
    SYSTEM_KINDS = (Kind.STRIPE_CLEARING, Kind.PLAY_CLEARING, Kind.FEES, Kind.STRIPE_FEES, Kind.ADJUSTMENTS)

    kind = models.CharField(max_length=16, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    reference = models.CharField(max_length=64, null=True, help_text=_("what an escrow is held for; opaque here"))
    currency = models.CharField(max_length=3, default=USD, db_default=USD)
    tracked = models.BooleanField(help_text=_("keeps a balance; the world outside and our income do not"))
    floor = models.BigIntegerField(null=True, help_text=_("the balance never goes below"))
    balance = models.BigIntegerField(default=0, db_default=0)
    card_cents = models.BigIntegerField(
        default=0, db_default=0, help_text=_("how much of the balance was topped up and is for drops, or for its card")
    )

    class Meta:
        db_table = "ledger_account"
        triggers = ACCOUNT_TRIGGERS
        constraints = [
            models.CheckConstraint(
                condition=Q(floor__isnull=True) | Q(balance__gte=F("floor")), name="ledger_account_floor"
            ),
            models.CheckConstraint(condition=Q(currency=USD), name="ledger_account_in_dollars"),
            models.CheckConstraint(
                condition=Q(card_cents=0) | Q(card_cents__gt=0, card_cents__lte=F("balance")),
                name="ledger_account_holds_its_card_money",
            ),
            models.CheckConstraint(
                # An empty floor is named as refused: a CHECK lets pass what is neither true nor false.
                condition=Q(kind__in=("wallet", "transit"), user__isnull=False, reference__isnull=True)
                & Q(tracked=True, floor__isnull=False, floor=0)
                | Q(kind="debt", user__isnull=False, reference__isnull=True)
                & Q(tracked=True, floor__isnull=True, balance__lte=0)
                | Q(kind="escrow", user__isnull=True, reference__isnull=False)
                & Q(tracked=True, floor__isnull=False, floor=0)
                | Q(
                    kind__in=("stripe_clearing", "play_clearing", "fees", "stripe_fees", "adjustments"),
                    user__isnull=True,
                    reference__isnull=True,
                )
                & Q(tracked=False, floor__isnull=True, balance=0),
                name="ledger_account_kind_is_whole",
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "currency"],
                condition=Q(user__isnull=False),
                name="ledger_account_one_per_user",
            ),
            models.UniqueConstraint(
                fields=["reference"], condition=Q(reference__isnull=False), name="ledger_account_one_per_reference"
            ),
            models.UniqueConstraint(
                fields=["kind", "currency"],
                condition=Q(user__isnull=True, reference__isnull=True),
                name="ledger_account_one_per_system_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.user_id or self.reference or self.currency}"


class Transfer(models.Model):
    """Money that moved once, from `debit` to `credit`. Never changed, never removed."""

    class Kind(models.TextChoices):
        TOPUP = "topup"
        STRIPE_FEE = "stripe_fee"
        JOB = "job"
        PAYOUT = "payout"
        FEE = "fee"
        FEE_RETURNED = "fee_returned"
        REFUND = "refund"
        WITHDRAWAL = "withdrawal"
        WITHDRAWAL_SENT = "withdrawal_sent"
        WITHDRAWAL_FAILED = "withdrawal_failed"
        WITHDRAWAL_REVERSED = "withdrawal_reversed"
        TOPUP_REFUND = "topup_refund"
        TOPUP_REFUND_FAILED = "topup_refund_failed"
        DISPUTE = "dispute"
        DISPUTE_FEE = "dispute_fee"
        DISPUTE_WON = "dispute_won"
        DEBT_PAID = "debt_paid"
        CARD_REFUND = "card_refund"
        CARD_REFUND_FAILED = "card_refund_failed"
        PAYOUT_RETURNED = "payout_returned"
        ADJUST = "adjust"

    # Not indexed: an account's history is read through its entries.
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount = models.BigIntegerField(help_text=_("cents"))
    currency = models.CharField(max_length=3, default=USD, db_default=USD)
    reason = models.CharField(max_length=120, unique=True, help_text=_("kind:id"))
    kind = models.GeneratedField(
        expression=Func(F("reason"), Value(":"), Value(1), function="split_part"),
        output_field=models.CharField(max_length=120),
        db_persist=True,
    )
    event_at = models.DateTimeField(help_text=_("when it happened"))
    created_at = models.DateTimeField(help_text=_("when we learned of it"))
    note = models.TextField(blank=True, default="", db_default="")
    about = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text=_("the earlier transfer whose money this one takes first, or gives back"),
    )

    class Meta:
        db_table = "ledger_transfer"
        triggers = TRANSFER_TRIGGERS
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_transfer_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="ledger_transfer_two_accounts"),
            models.CheckConstraint(condition=Q(currency=USD), name="ledger_transfer_in_dollars"),
            models.CheckConstraint(
                condition=Q(reason__regex=r"^[a-z_]+:[A-Za-z0-9_.:-]+$"), name="ledger_transfer_reason_is_ids"
            ),
        ]
        indexes = [
            # A prize's age decides whether it can be withdrawn.
            models.Index(fields=["credit", "created_at"], condition=Q(kind="payout"), name="ledger_prizes_by_age"),
            models.Index(fields=["about"], condition=Q(about__isnull=False), name="ledger_transfer_about"),
        ]

    def __str__(self) -> str:
        return self.reason


class EntryQuerySet(models.QuerySet["Entry"]):
    def of_user(self, user: User | UUID) -> EntryQuerySet:
        """The lines of a user's wallet, with `user_id` as the API names it. Unordered: say `-id` for newest first.

        The user, or their id.
        """
        return self.filter(account__kind=Account.Kind.WALLET, account__user=user).annotate(
            user_id=F("account__user_id")
        )


class Entry(models.Model):
    """One account's side of a transfer; written by the database."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="entries", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    delta = models.BigIntegerField(help_text=_("cents; positive comes in"))
    balance_after = models.BigIntegerField(null=True, help_text=_("cents; empty where no balance is kept"))
    reason = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    objects: ClassVar[EntryQuerySet] = EntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "ledger_entry"
        verbose_name_plural = _("entries")
        triggers = ENTRY_TRIGGERS
        constraints = [
            models.UniqueConstraint(fields=["account", "reason"], name="ledger_entry_reason_once_per_account"),
            models.UniqueConstraint(fields=["transfer", "account"], name="ledger_entry_one_per_side"),
        ]
        indexes = [models.Index(fields=["account", "id"], name="ledger_entry_statement")]

    def __str__(self) -> str:
        return f"{self.reason} {self.delta:+d}"


class LedgerCheck(models.Model):
    """One look at every invariant: which did not hold, and which alarms were raised, as lists of names."""

    ran_at = models.DateTimeField()
    broken = models.JSONField(default=list)
    alarms = models.JSONField(default=list)

    class Meta:
        db_table = "ledger_check"

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d %H:%M}"
