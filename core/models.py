"""The tables that belong to no room."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

PAUSE = "core.pause_site"
SEE_SWITCHES = "core.view_switch"


class Tally(models.Model):
    """How often something was asked in a short span of time; rows that are over may go at any time."""

    key = models.CharField(max_length=200, primary_key=True)
    count = models.PositiveIntegerField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="tally_until")]

    def __str__(self) -> str:
        return self.key


class Pulse(models.Model):
    """When a machine's worker last ran a periodic task, and how far that machine's clock was off by then."""

    host = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()
    clock_ahead_seconds = models.FloatField(null=True)

    def __str__(self) -> str:
        return self.host


class Switch(models.Model):
    """A part of the site that staff can pause: until when, and what people read of it. It goes on by itself then, so
    nothing has to end a pause whose time is over."""

    class Part(models.TextChoices):
        POSTING = "posting", _("posting and paying for drops")
        CLAIMS = "claims", _("taking seats")
        CLOSING = "closing", _("the start of judging")
        WITHDRAWALS = "withdrawals", _("withdrawals")
        SIGNUPS = "signups", _("signing up")

    part = models.CharField(max_length=20, primary_key=True, choices=Part)
    paused_until = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    told = models.TextField(blank=True, default="", help_text=_("The reason people read."))

    class Meta:
        verbose_name = _("switch")
        verbose_name_plural = _("switches")
        permissions = [("pause_site", _("Can pause parts of the site"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(part__in=["posting", "claims", "closing", "withdrawals", "signups"]),
                name="switch_part_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(paused_until=None, paused_at=None, told="")
                | models.Q(paused_until__gt=models.F("paused_at")) & ~models.Q(told=""),
                name="switch_pause_has_reason_and_end",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_part_display())

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until
