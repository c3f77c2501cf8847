"""Risk marks: what rules noticed and a person decides; sketches by which entries are compared; how far rules came."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The columns of which each mark fills one: what it is about. A model has no row of its own, so a judge is a name.
TARGETS = ("drop", "submission", "person")
KEY_CHARS_MAX = 64


class RiskKind(models.TextChoices):
    COPY = "copy", _("similar entries")
    PROMPT = "prompt", _("risky prompt")
    RING = "ring", _("sender and winner")
    WEB = "web", _("accounts that belong together")
    FIRST = "first", _("a new sender's first drop")
    JUDGE = "judge", _("a judge that drifts")


class MarkState(models.TextChoices):
    OPEN = "open", _("open")
    DISMISSED = "dismissed", _("dismissed")
    UPHELD = "upheld", _("it was right")


class RiskMarkQuerySet(models.QuerySet[Any]):
    def open(self) -> RiskMarkQuerySet:
        return self.filter(state=MarkState.OPEN)

    def about_any(self, people: Collection[UUID]) -> RiskMarkQuerySet:
        """Those that concern one of `people`."""
        return self.filter(people__overlap=list(people))

    def settle(self, state: MarkState, *, by: models.Model, now: datetime) -> int:
        """Decide those that are open, and return how many they were."""
        return self.open().update(state=state, decided_by=by, decided_at=now)


def _about(target: str) -> Q:
    others = Q(**{f"{name}__isnull": name != target for name in TARGETS})
    return others & (~Q(judge="") if target == "judge" else Q(judge=""))


class RiskMark(models.Model):
    """`evidence` says why, as figures and ids, and never with a word of a sealed entry; `key` is what of it is new, so
    that what was dismissed is not marked again for the same. `people` are all whom it concerns: none of them reads it.
    """

    kind = models.CharField(max_length=8, choices=RiskKind.choices)
    drop = models.ForeignKey("drops.Drop", null=True, blank=True, on_delete=models.CASCADE, related_name="risk_marks")
    submission = models.ForeignKey(
        "drops.Submission", null=True, blank=True, on_delete=models.CASCADE, related_name="risk_marks"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="risk_marks"
    )
    judge = models.CharField(max_length=200, blank=True, default="", help_text=_("the model's name"))
    key = models.CharField(max_length=KEY_CHARS_MAX)
    evidence = models.JSONField(default=dict)
    people = ArrayField(models.UUIDField(), default=list, blank=True)
    score = models.FloatField(help_text=_("how sure the rule is, from 0 to 1"))
    state = models.CharField(max_length=9, choices=MarkState.choices, default=MarkState.OPEN)
    case = models.ForeignKey("drops.Case", null=True, blank=True, on_delete=models.SET_NULL, related_name="marks")
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RiskMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk mark")
        verbose_name_plural = _("risk marks")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key", *TARGETS, "judge"], nulls_distinct=False, name="risk_mark_once"
            ),
            models.CheckConstraint(
                condition=Q(*[_about(name) for name in (*TARGETS, "judge")], _connector=Q.OR),
                name="risk_mark_about_one_thing",
            ),
            models.CheckConstraint(condition=Q(kind__in=RiskKind.values), name="risk_mark_kind_known"),
            models.CheckConstraint(condition=Q(state__in=MarkState.values), name="risk_mark_state_known"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="risk_mark_score_is_a_share"),
            models.CheckConstraint(
                condition=Q(state=MarkState.OPEN, decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state=MarkState.OPEN) & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="risk_mark_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "-id"], condition=Q(state=MarkState.OPEN), name="risk_mark_queue"),
            models.Index(fields=["created_at", "kind", "state"], name="risk_mark_lately"),
            GinIndex(fields=["people"], name="risk_mark_people"),
        ]

    def __str__(self) -> str:
        return f"mark {self.pk}"


class EntrySketch(models.Model):
    """The bands of one entry's MinHash: entries that share one may be alike, and are then compared by their texts."""

    submission = models.OneToOneField(
        "drops.Submission", primary_key=True, on_delete=models.CASCADE, related_name="sketch"
    )
    bands = ArrayField(models.IntegerField())

    class Meta:
        verbose_name_plural = _("entry sketches")
        # Each entry is looked for as soon as it is written: a list of what is pending would be read each time.
        indexes = [GinIndex(fields=["bands"], fastupdate=False, name="entry_sketch_bands")]

    def __str__(self) -> str:
        return f"sketch of {self.submission_id}"


class Stage(models.TextChoices):
    """The moments of a drop's life after which rules look at it."""

    PAID = "paid", _("paid for")
    CLOSED = "closed", _("closed")
    ENDED = "ended", _("ended with a winner")


class RiskCursor(models.Model):
    """How far the rules have come: to the drop that reached a stage at `at`, and of those of one moment, to `row`."""

    stage = models.CharField(max_length=6, choices=Stage.choices, unique=True)
    at = models.DateTimeField()
    row = models.UUIDField()

    objects: ClassVar[models.Manager[RiskCursor]] = models.Manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(stage__in=Stage.values), name="risk_cursor_stage_known")]

    def __str__(self) -> str:
        return f"{self.stage}: {self.at}"
