"""How a drop was judged: stored answers, and the append-only log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from drops.models.round_triggers import ANSWER_IN_OPEN_ROUND, ANSWER_TAKEN_BACK, LINE_IN_OPEN_ROUND

if TYPE_CHECKING:
    from accounts.models import User
    from drops.models.drop import Drop

FROZEN = pgtrigger.Update | pgtrigger.Delete


class JudgeAnswerQuerySet(models.QuerySet[Any]):
    def standing(self) -> JudgeAnswerQuerySet:
        """Those that count: not taken back."""
        return self.filter(taken_back_at__isnull=True)


class JudgeAnswer(models.Model):
    """One answer to one question of one judge; stored as it arrives, so that a restart repeats none.

    The last one of people may be taken back while their round is open. It stays as a row, and counts no more.
    """

    round = models.ForeignKey("drops.JudgingRound", on_delete=models.PROTECT, related_name="answers")
    key = models.CharField(max_length=100, help_text=_("the question"))
    answer = models.JSONField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = JudgeAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "key"], condition=Q(taken_back_at__isnull=True), name="judge_answer_once"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="judge_answer_taken_back_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="judge_answer_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="judge_answer_frozen", fields=["round", "key", "answer", "answered_by", "created_at"]
            ),
            ANSWER_IN_OPEN_ROUND,
            ANSWER_TAKEN_BACK,
        ]

    def __str__(self) -> str:
        return self.key


class LogType(models.TextChoices):
    INFO = "info"
    REASONING = "reasoning"
    RESULT = "result"


class Audience(models.TextChoices):
    """Who besides staff and the sender may read a line once the drop has ended."""

    SENDER = "sender", _("the sender")
    AUTHOR = "author", _("the sender and the entry's author")
    AGENTS = "agents", _("the sender and all agents")
    PUBLIC = "public", _("everyone")


class RankingLogQuerySet(models.QuerySet[Any]):
    def readable_by(self, user: User | None, drop: Drop) -> RankingLogQuerySet:
        """The sender reads all; an agent their own lines and the final ones; everyone the public ones.

        Before the bell a line would tell the sender of an entry, and before the end the others how it goes: until then
        agents read their own lines alone.
        """
        public = Q(audience=Audience.PUBLIC)
        if user is None or not user.is_authenticated:
            return self.filter(public) if drop.is_ended else self.none()
        if drop.sender_id == user.pk and not drop.is_open:
            return self
        if user.moderates and not type(drop).objects.is_stake_of(user, drop):
            return self
        own = Q(audience=Audience.AUTHOR, submission__user=user)
        if not drop.is_ended:
            return self.filter(own)
        if drop.claims.filter(user=user).exists():
            return self.filter(public | own | Q(audience=Audience.AGENTS))
        return self.filter(public)


class RankingLog(models.Model):
    """One step of a grading. Plain text; append-only by trigger, for staff too.

    A line of a judge's log belongs to its round, and has its number there. What moderators did, before the bell or
    after it, belongs to no round: such lines are numbered within the drop. Readers get all of them by id.
    """

    drop = models.ForeignKey("drops.Drop", on_delete=models.PROTECT, related_name="ranking_logs")
    round = models.ForeignKey(
        "drops.JudgingRound", null=True, blank=True, on_delete=models.PROTECT, related_name="log_lines"
    )
    number = models.PositiveIntegerField(help_text=_("1 for the first"))
    submission = models.ForeignKey(
        "drops.Submission", null=True, blank=True, on_delete=models.PROTECT, related_name="ranking_logs"
    )
    type = models.CharField(max_length=10, choices=LogType.choices)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.SENDER)
    content = models.TextField()
    created_at = models.DateTimeField()

    objects = RankingLogQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["drop", "id"], name="ranking_log_by_drop")]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="ranking_log_once_a_round"),
            models.UniqueConstraint(fields=["drop", "number"], condition=Q(round=None), name="ranking_log_once_a_drop"),
            models.CheckConstraint(condition=Q(number__gte=1), name="ranking_log_from_one"),
        ]
        triggers = [
            pgtrigger.Protect(name="ranking_log_frozen", operation=FROZEN),
            pgtrigger.Trigger(
                name="ranking_log_of_its_drop",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.round_id IS NOT NULL"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM drops_judginground r
                                   WHERE r.id = NEW.round_id AND r.drop_id = NEW.drop_id) THEN
                        RAISE EXCEPTION 'the line is about another drop' USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
            ),
            LINE_IN_OPEN_ROUND,
        ]

    def __str__(self) -> str:
        return self.content[:80]
