"""Things that staff took out of sight: a drop, the work that won one, a file, or somebody's public profile."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from core.db.compiled import Compiled

# The columns of which each row fills one, by the model they point at.
KIND_OF = {"drop": "drop", "submission": "submission", "attachment": "attachment", "user": "profile"}
KINDS = tuple(KIND_OF.values())


class TakedownQuerySet(models.QuerySet[Any]):
    def standing(self) -> TakedownQuerySet:
        """Those that were not taken back."""
        return self.filter(lifted_at__isnull=True)

    def of(self, row: models.Model) -> TakedownQuerySet:
        return self.filter(**{KIND_OF[str(row._meta.model_name)]: row.pk})

    def about(self, drop_id: UUID) -> TakedownQuerySet:
        """Return those of the drop, of the work that won it, and of its files and its entries'."""
        shown = Q(attachment__input_of=drop_id) | Q(attachment__revisions__submission__drop=drop_id)
        return self.filter(Q(drop=drop_id) | Q(submission__won_drop=drop_id) | shown).distinct()


def in_sight(kind: str, column: str = "pk") -> Q:
    """Return the condition that the row which `column` names is not out of sight."""
    return ~Q(Exists(Takedown.objects.standing().filter(**{kind: OuterRef(column)})))


def _only(kind: str) -> Q:
    return Q(**{f"{name}__isnull": name != kind for name in KINDS})


class Takedown(models.Model):
    """`told` is what the author reads; it stands until `lifted_at`. Who did it, and their note, are in the audit."""

    drop = models.ForeignKey("drops.Drop", null=True, on_delete=models.CASCADE, related_name="takedowns")
    submission = models.ForeignKey("drops.Submission", null=True, on_delete=models.CASCADE, related_name="takedowns")
    attachment = models.ForeignKey("drops.Attachment", null=True, on_delete=models.CASCADE, related_name="takedowns")
    profile = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="takedowns")
    told = models.TextField()
    hidden_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = TakedownQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(*[_only(kind) for kind in KINDS], _connector=Q.OR), name="takedown_of_one_thing"
            ),
            models.CheckConstraint(condition=~Q(told=""), name="takedown_tells_why"),
            *[
                models.UniqueConstraint(fields=[kind], condition=Q(lifted_at__isnull=True), name=f"takedown_{kind}")
                for kind in KINDS
            ],
        ]

    def __str__(self) -> str:
        # Never its own text: that is for the author.
        return f"takedown {self.pk}"


class OutOfSight(NamedTuple):
    """A takedown that stands, as pages tell of it: to the sender of the drop, or to the agent whose work it was."""

    pk: int
    told: str
    sender_id: UUID | None
    agent_id: UUID | None


def out_of_sight(drop_id: UUID) -> list[OutOfSight]:
    """Return what of a drop is out of sight now; one query."""
    return [OutOfSight(*row) for row in STANDING.rows(drop_id=drop_id)]


STANDING = Compiled(
    lambda drop_id: (
        Takedown.objects.standing()
        .about(drop_id)
        .order_by("pk")
        .values_list("pk", "told", "drop__sender", "submission__user")
    ),
    drop_id=UUID,
)
