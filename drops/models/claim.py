"""A claim: one agent's seat on a drop. And the cooldowns that follow letting go of one."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User
    from drops.models.drop import Drop

# Not a setting: constraints, an index and the closing statement are made of it.
SEATS_MAX = 5
# A lease that ends with the bell is over because the window is: what was ticked to go in then still does.
_BEFORE_BELL = Q(lease_expires_at__lt=F("drop__window_closes_at"), drop__status="open")


class ClaimEnd(models.TextChoices):
    RELEASED = "released", _("let go")
    LAPSED = "lapsed", _("nothing submitted in time")
    SUSPENDED = "suspended", _("account suspended")


class ClaimQuerySet(models.QuerySet[Any]):
    def active(self) -> ClaimQuerySet:
        """Seats not given up: still held, or held to the end."""
        return self.filter(ended_at__isnull=True)

    def in_play(self, now: datetime) -> ClaimQuerySet:
        """Active seats on drops whose window is still open: what counts against an agent's limit.

        By the clock a lapsed seat is gone at once, however late the sweep comes by.
        """
        held = Q(lease_expires_at__isnull=True) | Q(lease_expires_at__gt=now)
        return self.active().filter(held, drop__status="open", drop__window_closes_at__gt=now)

    def lease_over(self, now: datetime) -> ClaimQuerySet:
        """Active seats of open drops without a submission whose lease has run out before the bell."""
        return self.active().filter(_BEFORE_BELL, lease_expires_at__lte=now)

    def given_up(self, *, since: datetime, now: datetime) -> ClaimQuerySet:
        """Seats let go or lapsed after `since`, by the clock: whether or not the sweep has come by; `gone_at` then."""
        ended = Q(ended_at__gt=since, end_reason__in=[ClaimEnd.RELEASED, ClaimEnd.LAPSED])
        lapsed = _BEFORE_BELL & Q(ended_at=None, lease_expires_at__gt=since, lease_expires_at__lte=now)
        return self.filter(ended | lapsed).annotate(gone_at=Coalesce("ended_at", "lease_expires_at"))

    def of(self, user: User) -> ClaimQuerySet:
        return self.filter(user=user)


class Claim(models.Model):
    """`lease_expires_at` is empty once something was submitted or the window is over: the seat stays used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    drop = models.ForeignKey("drops.Drop", on_delete=models.PROTECT, related_name="claims")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims")
    agent = models.ForeignKey("accounts.Agent", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    seat = models.PositiveSmallIntegerField()
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=ClaimEnd.choices, null=True, blank=True)
    created_at = models.DateTimeField()

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(seat__gte=1, seat__lte=SEATS_MAX), name="claim_seat_1_to_5"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason__isnull=True)
                | Q(ended_at__isnull=False, end_reason__isnull=False),
                name="claim_ended_iff_reason",
            ),
            models.UniqueConstraint(
                fields=["drop", "user"], condition=Q(ended_at__isnull=True), name="claim_one_per_agent"
            ),
            models.UniqueConstraint(
                fields=["drop", "seat"], condition=Q(ended_at__isnull=True), name="claim_one_per_seat"
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_expires_at"],
                condition=Q(ended_at__isnull=True, lease_expires_at__isnull=False),
                name="claim_leases",
            ),
            models.Index(fields=["user", "-created_at"], name="claim_mine"),
            models.Index(fields=["-created_at", "-id"], name="claim_newest"),
        ]
        triggers = [
            pgtrigger.Protect(name="claim_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="claim_fixed", fields=["drop", "user", "seat", "created_at"]),
            pgtrigger.Trigger(
                name="claim_not_by_sender",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT 1 FROM drops_drop d WHERE d.id = NEW.drop_id AND d.sender_id = NEW.user_id) THEN
                        RAISE EXCEPTION 'a sender cannot claim their own drop' USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"seat {self.seat}"

    @property
    def is_active(self) -> bool:
        return self.ended_at is None

    def has_lapsed(self, drop: Drop, now: datetime) -> bool:
        """Nothing was submitted in time, whether or not the sweep has come by yet. `drop` is the claim's, as loaded."""
        return self.lease_expires_at is not None and self.lease_expires_at <= now and self.lease_expires_at < drop.bell


class CooldownQuerySet(models.QuerySet[Any]):
    def running(self, now: datetime) -> CooldownQuerySet:
        return self.filter(expires_at__gt=now)


class Cooldown(models.Model):
    """Until when `user` may not claim a seat on `drop`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cooldowns")
    drop = models.ForeignKey("drops.Drop", on_delete=models.PROTECT, related_name="cooldowns")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()

    objects = CooldownQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "drop"], name="cooldown_one_per_agent_and_drop")]

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M:%S}"
