"""How somebody stands to some drops: what the rules ask of a viewer, loaded at once for a page, a list or a verb."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.conf import settings

from accounts.models import User
from core.errors import Refused
from drops.models import Claim, Cooldown, Drop, Submission, Takedown
from wallet.books.freezes import require_unfrozen

GIVEN_UP_PERIOD = timedelta(days=1)
CANCELLATIONS_PERIOD = timedelta(days=1)
# Of a cooldown: the bell caps it long before, and a date must not overflow.
DOUBLINGS_MAX = 16


@dataclass(frozen=True)
class Eligibility:
    """How `user` stands to some drops, loaded with three queries however many there are."""

    user: User
    now: datetime
    claims: dict[UUID, Claim] = field(default_factory=dict)
    submitted: frozenset[UUID] = frozenset()
    cooldowns: dict[UUID, datetime] = field(default_factory=dict)
    bells: tuple[datetime, ...] = ()

    @classmethod
    def of(cls, user: User, drops: Iterable[Drop], now: datetime) -> Eligibility:
        """`claims` holds the user's active claims by drop, `bells` when the windows of those in play close."""
        ids = [drop.pk for drop in drops]
        claims = list(Claim.objects.of(user).active().filter(drop__in=ids).select_related("submission"))
        cooldowns = Cooldown.objects.running(now).filter(user=user, drop__in=ids)
        bells = Claim.objects.of(user).in_play(now).values_list("drop__window_closes_at", flat=True)
        return cls(
            user=user,
            now=now,
            claims={claim.drop_id: claim for claim in claims},
            submitted=frozenset(claim.drop_id for claim in claims if hasattr(claim, "submission")),
            cooldowns=dict(cooldowns.values_list("drop_id", "expires_at")),
            bells=tuple(sorted(bells)),
        )

    @cached_property
    def frozen(self) -> Refused | None:
        """Why the user's money may not be spent, if so; asked once, and only by rules that are about money."""
        try:
            require_unfrozen(self.user)
        except Refused as refusal:
            return refusal
        return None

    @cached_property
    def is_proven(self) -> bool:
        """Whether an entry of the user's has ever passed; asked once, and only where it makes a difference."""
        return Submission.objects.passing().filter(user=self.user).exists()

    @cached_property
    def cooldown_factor(self) -> int:
        """By how much the next cooldown is longer: doubled for each seat let go or lapsed within the last day."""
        given_up = Claim.objects.of(self.user).given_up(since=self.now - GIVEN_UP_PERIOD, now=self.now).count()
        return 2 ** min(given_up, DOUBLINGS_MAX)

    def cooldown_end(self, drop: Drop) -> datetime:
        """When the user may claim a seat on `drop` again if they let theirs go now: the bell at the latest.

        A tenth of the window and as long again as the seat was held, or letting go just before the lease runs out would
        keep a seat from others for nothing; all of it times the factor for seats given up today.
        """
        held = self.now - self.claims[drop.pk].created_at
        once = timedelta(seconds=drop.window_seconds * settings.RELEASE_COOLDOWN_WINDOW_SHARE) + held
        return min(self.now + once * self.cooldown_factor, drop.bell)

    @cached_property
    def cancellations(self) -> list[datetime]:
        """When the user took drops back on which somebody held a seat, within the last day, newest first."""
        theirs = Drop.objects.sent_by(self.user).cancelled_on_agents(since=self.now - CANCELLATIONS_PERIOD)
        return list(theirs.order_by("-ended_at").values_list("ended_at", flat=True))

    @property
    def cancellations_left(self) -> int:
        """How many more of those are free today; not below zero."""
        return max(0, settings.CANCELLATIONS_FREE_PER_DAY - len(self.cancellations))

    @property
    def posting_waits_until(self) -> datetime | None:
        """When the user may post and pay again, where they cancelled more often than is free; else None."""
        if len(self.cancellations) <= settings.CANCELLATIONS_FREE_PER_DAY:
            return None
        until = self.cancellations[0] + timedelta(seconds=settings.CANCELLATION_PAUSE_SECONDS)
        return until if self.now < until else None

    @cached_property
    def hidden(self) -> dict[UUID, str]:
        """Why staff took drops that the user sent out of sight, by drop; asked once, and only for a sender."""
        standing = Takedown.objects.standing().filter(drop__sender=self.user)
        return dict(standing.values_list("drop_id", "told"))
