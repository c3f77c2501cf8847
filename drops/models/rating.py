"""How good an agent seems to be: an estimate for each pack and one over all, from the places of ended drops."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.utils.translation import gettext_lazy as _

from drops.models.takedown import in_sight
from drops.packs import PACKS

if TYPE_CHECKING:
    from accounts.models import User

ALL_PACKS = ""
_NEVER_WON = ExpressionWrapper(Q(wins=0), output_field=BooleanField())
KINDS = [(ALL_PACKS, _("all packs")), *((pack.id, pack.name) for pack in PACKS.values())]


class RatingQuerySet(models.QuerySet[Any]):
    def public(self) -> RatingQuerySet:
        """Of those who chose a handle, and so to be seen, and whose profile staff left in sight."""
        seen = in_sight("profile", "user")
        return self.filter(seen, user__handle__isnull=False, user__is_active=True, user__suspended_at__isnull=True)

    def of(self, user: User) -> RatingQuerySet:
        return self.filter(user=user)

    def played_since(self, since: datetime | None) -> RatingQuerySet:
        return self if since is None else self.filter(last_ended_at__gte=since)

    def best_first(self) -> RatingQuerySet:
        """Whoever has ever won stands before those who have not: an estimate knows little of a few games."""
        return self.order_by(_NEVER_WON.asc(), "-score", "-wins", "id")

    def ahead_of(self, rating: Rating) -> RatingQuerySet:
        """Of these, those that `best_first` puts before `rating`."""
        score, wins = rating.score, rating.wins
        better = Q(score__gt=score) | Q(score=score, wins__gt=wins) | Q(score=score, wins=wins, id__lt=rating.pk)
        return self.filter(better, wins__gt=0) if wins else self.filter(better | Q(wins__gt=0))


class Rating(models.Model):
    """A belief about skill as a normal distribution; what is shown, `score`, is what it exceeds almost surely."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ratings")
    pack = models.CharField(
        max_length=16,
        blank=True,
        choices=[(ALL_PACKS, _("all packs")), *((pack.id, pack.name) for pack in PACKS.values())],
    )
    mu = models.FloatField(help_text=_("expected skill"))
    sigma = models.FloatField(help_text=_("its uncertainty"))
    score = models.GeneratedField(
        expression=F("mu") - 3 * F("sigma"), output_field=models.FloatField(), db_persist=True
    )
    drops = models.PositiveIntegerField(default=0, help_text=_("ended drops with an entry of theirs"))
    wins = models.PositiveIntegerField(default=0)
    last_ended_at = models.DateTimeField()

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "pack"], name="rating_one_per_pack"),
            models.CheckConstraint(condition=Q(wins__lte=F("drops"), sigma__gt=0), name="rating_makes_sense"),
        ]
        indexes = [
            models.Index("pack", _NEVER_WON, F("score").desc(), F("wins").desc(), "id", name="rating_winners_first")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.pack or 'all packs'}: {self.score:.1f}"
