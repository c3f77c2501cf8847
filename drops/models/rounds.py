"""One round of a drop's judging: who judges, by what, until when. Answers, session, log and verdict hang from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.text import TOLD_CHARS_MAX
from drops.models.round_triggers import ROUND_OPEN_WHILE_JUDGED
from drops.models.statuses import Grade

# Why staff judge what its sender left lying; a sender's record counts these.
SENDER_WAS_LATE = "The sender did not judge in time."


class JudgeKind(models.TextChoices):
    SENDER = "sender", _("the sender")
    STAFF = "staff", _("our moderators")
    PANEL = "panel", _("the panel")


# Who answer one question at a time, may take the last answer back, and may tell agents something of their entries.
BY_HAND = (JudgeKind.SENDER, JudgeKind.STAFF)
FIXED_FIELDS = [
    "drop",
    "number",
    "judge",
    "seed",
    "rubric_version",
    "passing_grade",
    "held_reason",
    "proposed_submission",
]
# Workers look for panels every few seconds.
PANEL_WAITS_MAX = timedelta(minutes=15)
_BY_PANEL = Q(judge=JudgeKind.PANEL)
_BY_STAFF = Q(judge=JudgeKind.STAFF)


class JudgingRoundQuerySet(models.QuerySet[Any]):
    def open(self) -> JudgingRoundQuerySet:
        """Rounds in which somebody judges now."""
        return self.filter(is_open=True)

    def needs_worker(self, now: datetime) -> JudgingRoundQuerySet:
        """The panel's, with no worker at it: not begun, or left by a worker that was lost."""
        free = Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lte=now)
        return self.open().filter(_BY_PANEL, free)

    def left_alone(self, now: datetime) -> JudgingRoundQuerySet:
        """Those that need a worker though their drop's bell rang long ago: none runs that could ask their judges."""
        return self.needs_worker(now).filter(drop__closed_at__lte=now - PANEL_WAITS_MAX)

    def newest_of_panel(self) -> JudgingRound | None:
        """The last one that a panel judged."""
        return self.filter(_BY_PANEL).order_by("-number").first()

    def close(self) -> int:
        """End those that are open, and with them a worker's lease. Returns how many."""
        return self.open().update(is_open=False, lease_expires_at=None)


class JudgingRound(models.Model):
    """One attempt at judging a drop, by one judge. Starting afresh is a new row; the old one then never changes again.

    The seed draws every shuffle and stays secret; seed and rubric are blank in rounds from before they were kept.
    `held_reason` and `proposed_submission` are what an earlier judge left for staff.
    """

    drop = models.ForeignKey("drops.Drop", on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField(help_text=_("1 for the first"))
    judge = models.CharField(max_length=8, choices=JudgeKind.choices)
    seed = models.CharField(max_length=64, blank=True, editable=False, help_text=_("secret; draws every shuffle"))
    rubric_version = models.CharField(max_length=40, blank=True)
    passing_grade = models.CharField(max_length=1, choices=Grade.choices, blank=True, help_text=_("lowest that wins"))
    is_open = models.BooleanField(default=True, help_text=_("until the drop ends or another round begins"))
    deadline_at = models.DateTimeField(null=True, blank=True, help_text=_("A panel's starts with its first worker."))
    lease_expires_at = models.DateTimeField(null=True, blank=True, help_text=_("until when a worker asks the panel"))
    fence = models.PositiveIntegerField(default=0, help_text=_("rises with every worker that takes the lease"))
    held_reason = models.CharField(max_length=200, blank=True, help_text=_("Why people must judge or decide."))
    proposed_submission = models.ForeignKey(
        "drops.Submission",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The winner that a panel would have named, where it left the drop to staff."),
    )
    written_reason = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text=_("What staff who ended it wrote; the sender and all agents read it."),
    )
    result_stands_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the panel's result is applied where staff have not judged by then.")
    )

    objects = JudgingRoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["drop", "number"], name="judging_round_number"),
            models.UniqueConstraint(fields=["drop"], condition=Q(is_open=True), name="judging_round_one_open"),
            models.CheckConstraint(condition=Q(number__gte=1), name="judging_round_from_one"),
            models.CheckConstraint(condition=Q(judge__in=JudgeKind.values), name="judging_round_judge_known"),
            models.CheckConstraint(
                condition=Q(passing_grade__in=["", *Grade.values]), name="judging_round_grade_known"
            ),
            models.CheckConstraint(
                condition=Q(lease_expires_at__isnull=True) | _BY_PANEL & Q(is_open=True, deadline_at__isnull=False),
                name="judging_round_lease_is_panels",
            ),
            models.CheckConstraint(condition=Q(fence=0) | _BY_PANEL, name="judging_round_fence_is_panels"),
            models.CheckConstraint(
                condition=Q(proposed_submission__isnull=True, result_stands_at__isnull=True) | _BY_STAFF,
                name="judging_round_held_for_staff",
            ),
            models.CheckConstraint(
                condition=Q(written_reason="") | _BY_STAFF & Q(written_reason__length__lte=TOLD_CHARS_MAX),
                name="judging_round_written_by_staff",
            ),
        ]
        indexes = [
            models.Index(fields=["judge", "deadline_at"], condition=Q(is_open=True), name="judging_round_open"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="judging_round_fixed", fields=FIXED_FIELDS),
            pgtrigger.Protect(
                name="judging_round_closed", operation=pgtrigger.Update, condition=pgtrigger.Q(old__is_open=False)
            ),
            pgtrigger.Protect(name="judging_round_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="judging_round_follows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM drops_drop d WHERE d.id = NEW.drop_id AND d.status = 'ranking') THEN
                        RAISE EXCEPTION 'only a drop that is being ranked is judged' USING ERRCODE = '23514';
                    END IF;
                    IF NEW.number <> 1 + (SELECT coalesce(max(r.number), 0) FROM drops_judginground r
                                          WHERE r.drop_id = NEW.drop_id) THEN
                        RAISE EXCEPTION 'rounds are numbered one by one' USING ERRCODE = '23514';
                    END IF;
                    IF NOT NEW.is_open THEN
                        RAISE EXCEPTION 'a round begins open' USING ERRCODE = '23514';
                    END IF;
                    IF NEW.proposed_submission_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM drops_submission s WHERE s.id = NEW.proposed_submission_id
                                                           AND s.drop_id = NEW.drop_id) THEN
                        RAISE EXCEPTION 'only an entry of the drop can be proposed' USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
            ),
            ROUND_OPEN_WHILE_JUDGED,
        ]

    def __str__(self) -> str:
        return f"round {self.number} by {self.get_judge_display()}"

    def is_late(self, now: datetime) -> bool:
        return self.deadline_at is not None and now >= self.deadline_at
