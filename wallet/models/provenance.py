"""Whose money it was: each top-up is a lot, and a transfer carries parts of lots from account to account.

Written by the database, as entries are; `wallet.models.triggers` says how. No foreign keys: only a transfer's trigger
writes here, about rows that are never removed, and checking each at every commit took a sixth of the throughput.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wallet.models.books import Account, Transfer
from wallet.models.triggers import LOT_TRIGGERS, PART_TRIGGERS


class Lot(models.Model):
    """Money in an account that one top-up brought: by card, or earned where it has been a prize since."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="lots", db_index=False, db_constraint=False
    )
    origin = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="+", db_constraint=False, help_text=_("the top-up")
    )
    is_earned = models.BooleanField(help_text=_("was won as a prize since, so that it can go to a bank"))
    cents = models.BigIntegerField()

    class Meta:
        db_table = "ledger_lot"
        triggers = LOT_TRIGGERS
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="ledger_lot_is_not_empty"),
            models.UniqueConstraint(fields=["account", "is_earned", "origin"], name="ledger_lot_one_per_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.cents} of {self.origin_id}"


class Part(models.Model):
    """How much of a transfer was one top-up's money, as it lay in the account that gave it. Never changed."""

    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="parts", db_index=False, db_constraint=False
    )
    origin = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="+", db_constraint=False, help_text=_("the top-up")
    )
    is_earned = models.BooleanField(help_text=_("had been a prize before"))
    cents = models.BigIntegerField()

    class Meta:
        db_table = "ledger_part"
        triggers = PART_TRIGGERS
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="ledger_part_is_not_empty"),
            models.UniqueConstraint(fields=["transfer", "is_earned", "origin"], name="ledger_part_one_per_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.cents} of {self.origin_id}"
