"""Which packs somebody follows, from which prize on, and the drops whose followers don't know of them yet."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from drops.models.takedown import in_sight
from drops.packs import PACKS

if TYPE_CHECKING:
    from drops.models.drop import Drop

# In place of a pack's id: all of them.
ANY_PACK = ""
# Of the minimum price; no site's prizes come near it.
MIN_PRICE_CENTS_MAX = 100_000_000


class AlertQuerySet(models.QuerySet["Alert"]):
    def about(self, drop: Drop) -> AlertQuerySet:
        """Return those that ask to hear of a drop of this pack and price."""
        return self.filter(pack__in=[ANY_PACK, drop.pack], min_price_cents__lte=drop.price_cents)


class Alert(models.Model):
    """A wish to hear of new drops of a pack, or of any, from a price on. One for each pack, so nobody has many."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alerts")
    pack = models.CharField(
        max_length=16, blank=True, default=ANY_PACK, choices=[(pack.id, pack.name) for pack in PACKS.values()]
    )
    min_price_cents = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    objects: ClassVar[AlertQuerySet] = AlertQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "pack"], name="alert_once_per_pack"),
            models.CheckConstraint(condition=Q(pack__in=[ANY_PACK, *PACKS]), name="alert_pack_known"),
            models.CheckConstraint(
                condition=Q(min_price_cents__gte=0, min_price_cents__lte=MIN_PRICE_CENTS_MAX),
                name="alert_least_prize_in_bounds",
            ),
        ]
        indexes = [models.Index(fields=["pack", "min_price_cents"], name="alert_followers")]

    def __str__(self) -> str:
        return self.pack or "any pack"


class OpeningQuerySet(models.QuerySet["Opening"]):
    def due(self, now: datetime) -> OpeningQuerySet:
        """Return those to tell of now, or to forget since their bell has rung. What is out of sight waits."""
        return self.filter(in_sight("drop", "drop") | Q(drop__window_closes_at__lte=now))


class Opening(models.Model):
    """A drop that has opened and whose followers were not told yet. Whoever tells them takes the row away."""

    drop = models.OneToOneField("drops.Drop", primary_key=True, on_delete=models.CASCADE, related_name="opening")
    opened_at = models.DateTimeField()

    objects: ClassVar[OpeningQuerySet] = OpeningQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"opening of {self.drop_id}"
