"""Why payments are in doubt: a row for each reason, since one that ends says nothing about the others."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wallet.models.money_in import Topup


class DoubtQuerySet(models.QuerySet["Doubt"]):
    def standing(self) -> DoubtQuerySet:
        return self.filter(ended_at=None)

    def liftable(self) -> DoubtQuerySet:
        """Those that staff may say are none; a dispute goes its own way."""
        return self.exclude(kind=Doubt.Kind.DISPUTE)


class Doubt(models.Model):
    """One reason to doubt a payment. The payment is in doubt while any of its reasons stands; each is heard once."""

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("a dispute")
        FRAUD_WARNING = "fraud_warning", _("a fraud warning by its bank")
        REFUND = "refund", _("a refund of what was spent")

    topup = models.ForeignKey(Topup, on_delete=models.PROTECT, related_name="doubts")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    source = models.CharField(max_length=255, blank=True, help_text="du_…, issfr_…, re_…")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[DoubtQuerySet] = DoubtQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        db_table = "doubt"
        constraints = [models.UniqueConstraint(fields=["topup", "kind", "source"], name="doubt_is_heard_once")]
        indexes = [models.Index(fields=["topup"], condition=Q(ended_at=None), name="doubt_standing")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.source}".strip()
