"""Signs that accounts belong together: digests of what each of them uses, to be compared and nothing else."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LinkKind(models.TextChoices):
    MAILBOX = "mailbox", _("the same mailbox")
    DEVICE = "device", _("the same device")
    CARD = "card", _("the same card")
    PAYOUT = "payout", _("the same payout account")


class LinkEvidence(models.Model):
    """One account's sign of one kind; accounts that have the same one are linked."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=LinkKind.choices)
    digest = models.CharField(max_length=64, help_text=_("HMAC-SHA-256 in hex; the sign itself is not kept here"))
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("link evidence")
        constraints = [models.UniqueConstraint(fields=["user", "kind", "digest"], name="link_evidence_once")]
        indexes = [models.Index(fields=["digest", "kind"], name="link_evidence_shared")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"
