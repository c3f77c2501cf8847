"""What a judging rests on and what it found, kept so that anybody can compute it again. Append-only by trigger."""

from __future__ import annotations

import pgtrigger
from django.db import models

from drops.models.drop import JudgeKind
from drops.models.judging import FROZEN


class FrozenEntry(models.Model):
    """What judges are given of a revision: its text and files as text, without a word of who made it."""

    revision = models.OneToOneField("drops.Revision", on_delete=models.PROTECT, related_name="frozen")
    text = models.TextField(blank=True)
    files = models.JSONField(default=list, blank=True, help_text="name, text, and what a file is that is no text")
    sha256 = models.CharField(max_length=64, help_text="of text and files")

    class Meta:
        verbose_name_plural = "frozen entries"
        triggers = [pgtrigger.Protect(name="frozen_entry_fixed", operation=FROZEN)]

    def __str__(self) -> str:
        return f"frozen {self.pk}"


class StoredVerdict(models.Model):
    """The outcome of a drop's judging as it was when money moved, but for what stands on entries and in the log."""

    drop = models.OneToOneField("drops.Drop", on_delete=models.PROTECT, related_name="verdict")
    judge = models.CharField(max_length=8, choices=JudgeKind.choices)
    round = models.PositiveSmallIntegerField(help_text="the drop's judging_round it came from")
    wording = models.PositiveSmallIntegerField(help_text="which version of our sentences it speaks in")
    outcome = models.JSONField(help_text="strengths, flags, margin, tie rule, calls that had a vote …")
    created_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="stored_verdict_frozen", operation=FROZEN)]

    def __str__(self) -> str:
        return f"verdict of round {self.round} by {self.get_judge_display()}"
