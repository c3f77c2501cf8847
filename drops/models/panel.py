"""A panel at work: who sat for a drop, and every attempt to ask one of them. Append-only by trigger."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from drops.models.judging import FROZEN
from drops.models.round_triggers import SESSION_IN_OPEN_ROUND


class PanelSession(models.Model):
    """The panel of one round, fixed before the first call: with it the round's answers can be replayed.

    `reserved_cents` is the most that all its calls together may cost.
    """

    round = models.OneToOneField("drops.JudgingRound", on_delete=models.PROTECT, related_name="session")
    judges = models.JSONField(help_text=_("their names and models, in the order of their numbers"))
    staff_when_unsure = models.BooleanField(help_text=_("whether a result of low confidence waits for staff"))
    prompts_version = models.PositiveSmallIntegerField()
    reserved_cents = models.DecimalField(max_digits=14, decimal_places=6)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reserved_cents__gte=0), name="panel_session_reserves"),
        ]
        indexes = [models.Index(fields=["created_at"], name="panel_session_by_day")]
        triggers = [pgtrigger.Protect(name="panel_session_frozen", operation=FROZEN), SESSION_IN_OPEN_ROUND]

    def __str__(self) -> str:
        return f"{', '.join(self.names)} (round {self.round.number})"

    @property
    def names(self) -> tuple[str, ...]:
        """The judges' names, in the order of their numbers."""
        return tuple(judge["name"] for judge in self.judges)


# The texts may be emptied, after a year or so (PANEL_TEXT_DAYS_KEPT); nothing else of a call ever changes.
CHANGES_MORE_THAN_TEXTS = pgtrigger.Condition(
    "NOT (NEW.request IS NULL AND NEW.answer = ''"
    " AND to_jsonb(NEW) - 'request' - 'answer' = to_jsonb(OLD) - 'request' - 'answer')"
)


class PanelCall(models.Model):
    """One attempt to ask one model, as it went. The answer that counts stands in JudgeAnswer, under the same key.

    `slots` are the entries in the order shown, `names` what they were called, one for one. `request` is what was sent;
    it is stored with the first attempt of a call and wherever it differs, and `request_sha256` finds it. Holds the
    texts of entries that may be sealed.
    """

    session = models.ForeignKey(PanelSession, on_delete=models.PROTECT, related_name="calls")
    key = models.CharField(max_length=100, help_text=_("the call"))
    attempt = models.PositiveSmallIntegerField()
    fence = models.PositiveIntegerField(help_text=_("the round's fence of the worker that asked"))
    judge = models.PositiveSmallIntegerField(help_text=_("0 for the first"))
    model = models.CharField(max_length=200, help_text=_("the model asked for"))
    model_returned = models.CharField(max_length=300, blank=True, help_text=_("the model the server says it asked"))
    fingerprint = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=8, help_text=_("check: one entry alone; list: a comparison"))
    slots = models.JSONField()
    names = models.JSONField()
    request_sha256 = models.CharField(max_length=64)
    request = models.JSONField(null=True)
    answer = models.TextField(blank=True, help_text=_("as it came"))
    parsed = models.JSONField(null=True, help_text=_("what was read in the answer"))
    failure = models.CharField(max_length=100, blank=True, help_text=_("why the attempt brought no usable answer"))
    detail = models.CharField(max_length=300, blank=True, help_text=_("the server's own line"))
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_cents = models.DecimalField(max_digits=14, decimal_places=6)
    seconds = models.FloatField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "key", "fence", "attempt"], name="panel_call_once"),
            models.CheckConstraint(condition=Q(cost_cents__gte=0), name="panel_call_costs"),
            models.CheckConstraint(
                condition=Q(parsed__isnull=False, failure="") | Q(parsed__isnull=True) & ~Q(failure=""),
                name="panel_call_read_or_failed",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="panel_call_by_time")]
        triggers = [
            pgtrigger.Protect(name="panel_call_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="panel_call_frozen", operation=pgtrigger.Update, condition=CHANGES_MORE_THAN_TEXTS),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.key}, attempt {self.attempt}"
