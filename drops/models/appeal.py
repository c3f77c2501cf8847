"""Appeals: what a player of a drop says against its verdict, once, and what somebody who had not decided answered."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

OF_A_PLAYER = pgtrigger.Trigger(
    name="appeal_of_a_player",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        PERFORM 1 FROM drops_drop d WHERE d.id = NEW.drop_id AND d.status = 'completed' FOR SHARE;
        IF NOT FOUND OR NOT EXISTS (
            SELECT 1 FROM drops_drop d WHERE d.id = NEW.drop_id AND d.sender_id = NEW.user_id
            UNION ALL
            SELECT 1 FROM drops_submission s WHERE s.drop_id = NEW.drop_id AND s.user_id = NEW.user_id) THEN
            RAISE EXCEPTION 'a verdict is appealed by its sender or an agent' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    """,
)
# Whoever sent the drop or held a seat on it has a stake in the answer.
ANSWERED_BY_NO_PLAYER = pgtrigger.Trigger(
    name="appeal_answered_by_no_player",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Condition("NEW.decided_by_id IS NOT NULL"),
    func="""
        IF EXISTS (SELECT 1 FROM drops_drop d WHERE d.id = NEW.drop_id AND d.sender_id = NEW.decided_by_id
                   UNION ALL
                   SELECT 1 FROM drops_claim c WHERE c.drop_id = NEW.drop_id AND c.user_id = NEW.decided_by_id) THEN
            RAISE EXCEPTION 'a player of the drop does not answer' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    """,
)


class AppealQuerySet(models.QuerySet[Any]):
    def open(self) -> AppealQuerySet:
        return self.filter(status=Appeal.Status.OPEN)

    def upheld(self) -> AppealQuerySet:
        return self.filter(status=Appeal.Status.UPHELD)

    def overdue(self, now: datetime) -> AppealQuerySet:
        """Open beyond the time by which they were to be answered: they hold no prize any more."""
        return self.open().filter(due_at__lte=now)


class Appeal(models.Model):
    """`answer` is what the person reads; `note` stays among moderators. `before` and `after` are the verdict as it was
    and as it became, where the appeal was upheld."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        UPHELD = "upheld", _("upheld")
        DISMISSED = "dismissed", _("dismissed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    drop = models.ForeignKey("drops.Drop", on_delete=models.PROTECT, related_name="appeals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appeals")
    reason = models.TextField(max_length=2000)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text=_("until when it is to be answered, and holds the prize at the longest"))
    answer = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="", help_text=_("moderators alone read it"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    before = models.JSONField(null=True, blank=True, help_text=_("the verdict that was appealed"))
    after = models.JSONField(null=True, blank=True, help_text=_("the verdict that took its place"))

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.UniqueConstraint(fields=["drop", "user"], name="appeal_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="appeal_says_why"),
            models.CheckConstraint(condition=Q(due_at__gt=F("created_at")), name="appeal_due_later"),
            models.CheckConstraint(
                condition=Q(status="open", decided_by=None, decided_at=None, answer="", note="")
                | Q(status__in=("upheld", "dismissed"), decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(answer="")
                & ~Q(note=""),
                name="appeal_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(status="upheld", before__isnull=False, after__isnull=False)
                | ~Q(status="upheld") & Q(before__isnull=True, after__isnull=True),
                name="appeal_upheld_tells_both_verdicts",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(status="open"), name="appeal_queue"),
            models.Index(fields=["user"], condition=Q(status="open"), name="appeal_open_of_user"),
        ]
        triggers = [
            pgtrigger.Protect(name="appeal_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="appeal_answered_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.status <> 'open'"),
            ),
            pgtrigger.ReadOnly(name="appeal_fixed", fields=["drop", "user", "reason", "created_at", "due_at"]),
            OF_A_PLAYER,
            ANSWERED_BY_NO_PLAYER,
        ]

    def __str__(self) -> str:
        # Never its own text: that is between one person and the moderators.
        return f"appeal {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and self.due_at <= now
