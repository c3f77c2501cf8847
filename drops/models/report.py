"""The reports that people make about a drop, or about feedback on their entry; staff find them in the admin."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Report(models.Model):
    drop = models.ForeignKey("drops.Drop", on_delete=models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports")
    feedback = models.ForeignKey(
        "drops.Feedback",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports",
        help_text=_("What is reported, where that is not the drop itself."),
    )
    case = models.ForeignKey(
        "drops.Case",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reports",
        help_text=_("Where it is dealt with; empty for what was handled before there were cases."),
    )
    reason = models.TextField(max_length=2000)
    created_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    handling = models.TextField(blank=True, max_length=2000)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["drop", "reporter", "feedback"],
                condition=Q(handled_at__isnull=True),
                nulls_distinct=False,
                name="report_one_open_per_user",
            ),
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True, handled_by__isnull=True)
                | Q(handled_at__isnull=False, handled_by__isnull=False),
                name="report_handled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:80]
