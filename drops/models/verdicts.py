"""The grounds of a judging and its verdict, kept so that anybody can compute it again. Append-only by trigger."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from drops.models.judging import FROZEN


class FrozenEntry(models.Model):
    """The part of a revision that judges are given: its text and files as text, without a word of who made it."""

    revision = models.OneToOneField("drops.Revision", on_delete=models.PROTECT, related_name="frozen")
    text = models.TextField(blank=True)
    files = models.JSONField(default=list, blank=True, help_text=_("name, text, and what a file is that is no text"))
    sha256 = models.CharField(max_length=64, help_text=_("of text and files"))

    class Meta:
        verbose_name_plural = _("frozen entries")
        triggers = [pgtrigger.Protect(name="frozen_entry_fixed", operation=FROZEN)]

    def __str__(self) -> str:
        return f"frozen {self.pk}"


class StoredVerdict(models.Model):
    """The outcome of a drop's judging as it was when money moved, but for what stands on entries and in the log."""

    round = models.OneToOneField("drops.JudgingRound", on_delete=models.PROTECT, related_name="verdict")
    wording = models.PositiveSmallIntegerField(help_text=_("which version of our sentences it speaks in"))
    outcome = models.JSONField(help_text=_("strengths, flags, margin, tie rule, calls that had a vote …"))
    created_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="stored_verdict_frozen", operation=FROZEN),
            # An ended drop keeps its round, so with one verdict a round it has one verdict at most.
            pgtrigger.Trigger(
                name="stored_verdict_decides",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM drops_drop d JOIN drops_judginground r ON r.drop_id = d.id
                                   WHERE r.id = NEW.round_id AND d.current_round_id = r.id
                                     AND d.status IN ('completed', 'failed')) THEN
                        RAISE EXCEPTION 'the round has not decided a drop' USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"verdict of {self.round}"


class SeatCheckQuerySet(models.QuerySet[Any]):
    def of(self, judge: str, model: str, address: str) -> SeatCheckQuerySet:
        """Checks of one model at one address under one name: with another, it is another judge."""
        return self.filter(judge=judge, model=model, address=address)


class SeatCheck(models.Model):
    """How a judge did on the golden pairs. The newest one says whether it may settle money.

    The class keeps its name, although a seat is an agent's: it is in the address of its page in the admin, to which
    notes and mails about judges that failed lead.
    """

    judge = models.CharField(max_length=60, help_text=_("the judge's name"))
    model = models.CharField(max_length=200, help_text=_("the model asked for"))
    models_returned = models.JSONField(default=list, help_text=_("the models the server says it asked"))
    address = models.CharField(max_length=500, help_text=_("where it answers"))
    rubrics = models.JSONField(help_text=_("the rubrics it was told, by version"))
    prompts_version = models.PositiveSmallIntegerField()
    figures = models.JSONField(help_text=_("shares from 0 to 1"))
    shortfalls = models.JSONField(default=list, blank=True, help_text=_("why it did not pass, as sentences"))
    passed = models.BooleanField()
    calls = models.PositiveIntegerField()
    cost_cents = models.DecimalField(max_digits=14, decimal_places=6)
    checked_at = models.DateTimeField()

    objects = SeatCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("judge's check")
        verbose_name_plural = _("judges")
        indexes = [models.Index(fields=["judge", "-id"], name="seat_check_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(passed=True, shortfalls=[]) | models.Q(passed=False) & ~models.Q(shortfalls=[]),
                name="seat_check_failed_says_why",
            )
        ]
        triggers = [pgtrigger.Protect(name="seat_check_frozen", operation=FROZEN)]

    def __str__(self) -> str:
        return f"{self.judge} {'passed' if self.passed else 'failed'}"
