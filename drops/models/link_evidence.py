"""Signs that accounts belong together: digests of what each of them uses, to be compared and nothing else."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _


class LinkKind(models.TextChoices):
    MAILBOX = "mailbox", _("the same mailbox")
    DEVICE = "device", _("the same device")
    CARD = "card", _("the same card")
    PAYOUT = "payout", _("the same payout account")


class LinkEvidenceQuerySet(models.QuerySet["LinkEvidence"]):
    def shared(self) -> LinkEvidenceQuerySet:
        """Signs that another account has too."""
        return self.filter(_of_another())

    def alone(self) -> LinkEvidenceQuerySet:
        """Signs that no other account has."""
        return self.filter(~_of_another())


def _of_another() -> Exists:
    return Exists(LinkEvidence.objects.filter(~Q(user=OuterRef("user")), digest=OuterRef("digest")))


class LinkEvidence(models.Model):
    """One account's sign of one kind; accounts that have the same one are linked."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=LinkKind.choices)
    digest = models.CharField(max_length=64, help_text=_("HMAC-SHA-256 in hex; the sign itself is not kept here"))
    created_at = models.DateTimeField()

    objects: ClassVar[LinkEvidenceQuerySet] = LinkEvidenceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = _("link evidence")
        constraints = [models.UniqueConstraint(fields=["user", "kind", "digest"], name="link_evidence_once")]
        indexes = [models.Index(fields=["digest", "kind"], name="link_evidence_shared")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"
