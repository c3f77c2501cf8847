"""Feedback on an entry from whoever judged it by hand, for its agent: chips of the rubric, and a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from drops.models.round_triggers import FEEDBACK_IN_OPEN_ROUND

if TYPE_CHECKING:
    from accounts.models import User

CHIPS_MAX = 2
NOTE_CHARS_MAX = 280


class FeedbackQuerySet(models.QuerySet[Any]):
    def told(self) -> FeedbackQuerySet:
        """Return that of the judging which decided, of drops that are over, and which nobody took out of sight."""
        return self.filter(
            round=F("submission__drop__current_round"),
            submission__drop__status__in=["completed", "failed"],
            submission__grade__isnull=False,
            hidden_at__isnull=True,
        )

    def for_author(self, user: User) -> FeedbackQuerySet:
        """Return what `user` was told of their own entries. Nobody else reads it, but for staff what was reported."""
        return self.told().filter(submission__user=user)


class Feedback(models.Model):
    """At most one of each entry in a round of judging; written while it is open, and then never again."""

    round = models.ForeignKey("drops.JudgingRound", on_delete=models.PROTECT, related_name="feedback")
    submission = models.ForeignKey("drops.Submission", on_delete=models.PROTECT, related_name="feedback")
    chips = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, help_text=_("ids of the pack's chips")
    )
    note = models.TextField(blank=True, help_text=_("one line"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True, blank=True, help_text=_("when staff took it out of its reader's sight"))

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("feedback")
        constraints = [
            models.UniqueConstraint(fields=["round", "submission"], name="feedback_once"),
            models.CheckConstraint(condition=Q(chips__len__gte=1) | ~Q(note=""), name="feedback_says_something"),
            models.CheckConstraint(condition=Q(chips__len__lte=CHIPS_MAX), name="feedback_chips_in_bounds"),
            models.CheckConstraint(condition=Q(note__length__lte=NOTE_CHARS_MAX), name="feedback_note_in_bounds"),
        ]
        triggers = [
            FEEDBACK_IN_OPEN_ROUND,
            pgtrigger.ReadOnly(name="feedback_of_its_entry", fields=["round", "submission"]),
        ]

    def __str__(self) -> str:
        # Never its own text: that is for one agent.
        return f"feedback {self.pk}"
