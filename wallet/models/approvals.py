"""Requests of one of the staff that another must approve before they are done."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Cast, Substr
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.words import Words

ADJUST, APPROVE_RIGHT = "wallet.adjust", "wallet.approve"


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def waiting(self, now: datetime) -> ApprovalQuerySet:
        """Undecided, and not expired."""
        return self.filter(outcome=Approval.Outcome.NONE, expires_at__gt=now)

    def lapsed(self, now: datetime) -> ApprovalQuerySet:
        """Undecided, and too old to be approved."""
        return self.filter(outcome=Approval.Outcome.NONE, expires_at__lte=now)

    def with_addresses(self) -> ApprovalQuerySet:
        """With the `address` of the person whom each is about, as it is now; a request itself keeps none."""
        is_a_persons = Q(target__regex=r"^user:[0-9a-f-]{36}$")
        person = Case(When(is_a_persons, then=Cast(Substr("target", len("user:") + 1), models.UUIDField())))
        people = User.objects.filter(pk=OuterRef("person_id"))
        return self.annotate(person_id=person).annotate(address=Subquery(people.values("email")))


class Approval(models.Model):
    """Asked by one, decided by another, done once. `asks` is what the verb of its `kind` is called with."""

    class Outcome(models.TextChoices):
        NONE = "", _("waits")
        APPROVED = "approved", _("approved and done")
        REFUSED = "refused", _("refused")
        EXPIRED = "expired", _("expired")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.SlugField(max_length=40)
    target = models.CharField(max_length=80, help_text=_("kind:id of what it is about"))
    summary = models.TextField(max_length=500)
    asks = models.JSONField(default=dict)
    told = models.TextField(blank=True, default="", max_length=2000)
    reason = models.TextField(max_length=2000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ApprovalQuerySet] = ApprovalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        permissions = [("adjust", _("Can correct wallets")), ("approve", _("Can approve what others ask for"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["", "expired"], decided_by=None) | Q(outcome__in=["approved", "refused"]),
                name="approval_outcome_known",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="approved") | Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")),
                name="approval_by_another",
            ),
            models.UniqueConstraint(
                fields=["kind", "target"], condition=Q(outcome=""), name="approval_one_waits_for_each_target"
            ),
        ]
        indexes = [models.Index(fields=["target", "-asked_at"], name="approval_by_target")]
        triggers = [
            pgtrigger.Protect(name="approval_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="approval_decided_once", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__outcome="")
            ),
        ]

    def __str__(self) -> str:
        return self.summary

    def waits(self, now: datetime) -> bool:
        return self.outcome == self.Outcome.NONE and self.expires_at > now

    @property
    def target_id(self) -> str:
        """Return the key of the row that it is about."""
        return self.target.partition(":")[2]

    @property
    def waits_for(self) -> Words:
        """Return what whoever asked is told; empty once it was decided."""
        return _("asked for. Another person must approve it, under Approvals.") if not self.outcome else ""

    def by_both(self) -> dict[str, list[Any]]:
        """Return what the record of the act says of who asked for it, and why."""
        return {"asked_by": ["", self.asked_by.email], "asked_because": ["", self.reason]}
