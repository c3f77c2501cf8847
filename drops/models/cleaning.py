"""How much the nightly cleaning has taken away, by kind: for the metrics, since no process counts for itself."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class Cleaned(models.TextChoices):
    DROPS = "never_paid_drops", _("drops that were never paid for")
    DRAFTS = "drafts", _("drafts of entries to drops that are over")
    FILES = "orphan_files", _("files of no drop, no entry and no draft")
    SANDBOX = "sandbox_drops", _("sandbox drops that are over")
    EMPTIED = "emptied_drops", _("texts and files of drops that were paid back before any agent came")
    ANSWERS = "kept_answers", _("answers kept for requests that are repeated")
    SESSIONS = "sessions", _("sessions that are over")
    TYPED = "kept_texts", _("what was typed before signing in")
    NOTIFICATIONS = "notifications", _("notifications")
    MAILS = "mails", _("mails that were sent")
    WEBHOOK_MESSAGES = "webhook_messages", _("messages for webhooks")
    BROWSER_MESSAGES = "browser_messages", _("messages for browsers")
    PUSH_BROWSERS = "push_browsers", _("browsers that nobody is signed in to")
    BROWSERS = "signed_out_browsers", _("what was known of browsers whose session is over")
    COOLDOWNS = "cooldowns", _("cooldowns on drops that are over")
    EVENT_TEXTS = "event_texts", _("texts of Stripe's events")
    PANEL_TEXTS = "panel_texts", _("texts that panels were sent and answered")
    EXPORTS = "exports", _("records of copies of somebody's data")
    PROGRAMS = "programs", _("tokens that are over, and programs that were never let in")


class CleaningManager(models.Manager["Cleaning"]):
    def add(self, kind: Cleaned, rows: int, *, now: datetime) -> None:
        """Count `rows` more of a kind, zero too: that the cleaning ran is news as well."""
        self.update_or_create(
            kind=kind,
            defaults={"rows": F("rows") + rows, "cleaned_at": now},
            create_defaults={"rows": rows, "cleaned_at": now},
        )


class Cleaning(models.Model):
    kind = models.CharField(max_length=20, choices=Cleaned.choices, unique=True)
    rows = models.PositiveBigIntegerField(help_text=_("taken away so far"))
    cleaned_at = models.DateTimeField()

    objects: ClassVar[CleaningManager] = CleaningManager()

    def __str__(self) -> str:
        return self.kind
