"""How somebody stands to some drops: what the rules ask of a viewer, loaded at once for a page, a list or a verb."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.models import User
from core.db.compiled import Compiled
from core.errors import Refused
from drops.contest.links import seats_of_linked
from drops.models import Appeal, Claim, Cooldown, Drop, LinkEvidence, Submission, Takedown
from wallet.books.freezes import require_unfrozen

GIVEN_UP_PERIOD = timedelta(days=1)
CANCELLATIONS_PERIOD = timedelta(days=1)
# Of a cooldown: the bell caps it long before, and a date must not overflow.
DOUBLINGS_MAX = 16


@dataclass(frozen=True)
class Past:
    """All that the rules ask of somebody's past: `bells` of the drops they hold seats on, and, newest first, when they
    gave up seats within the last day and when they cancelled drops on agents; and whether another account shares a sign
    with theirs."""

    bells: list[datetime]
    is_proven: bool
    given_up_at: list[datetime]
    cancellations: list[datetime]
    shares_signs: bool

    @classmethod
    def of(cls, user: User, now: datetime) -> Past:
        """Read all of it in one query."""
        since = {"given_up_since": now - GIVEN_UP_PERIOD, "cancelled_since": now - CANCELLATIONS_PERIOD}
        [row] = PAST.rows(user_id=user.pk, now=now, **since)
        return cls(*row)


def _past(user_id: UUID, now: datetime, given_up_since: datetime, cancelled_since: datetime) -> QuerySet[User, Any]:
    claims, drops = Claim.objects.filter(user=OuterRef("pk")), Drop.objects.filter(sender=OuterRef("pk"))
    bells = claims.in_play(now).order_by("drop__window_closes_at").values("drop__window_closes_at")
    given_up = claims.given_up(since=given_up_since, now=now)
    cancelled = drops.cancelled_on_agents(since=cancelled_since).order_by("-ended_at")
    signs = LinkEvidence.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(pk=user_id).values_list(
        ArraySubquery(bells),
        Exists(Submission.objects.passing().filter(user=OuterRef("pk"))),
        ArraySubquery(given_up.order_by("-gone_at").values("gone_at")),
        ArraySubquery(cancelled.values("ended_at")),
        Exists(signs.shared()),
    )


CLAIMS = Compiled(
    lambda user_id, drops: (
        Claim.objects.filter(user=user_id).active().filter(drop__pk__any_of=drops).select_related("submission")
    ),
    user_id=UUID,
    drops=list,
)
COOLDOWNS = Compiled(
    lambda user_id, drops, now: (
        Cooldown.objects.running(now).filter(user=user_id, drop__pk__any_of=drops).values_list("drop_id", "expires_at")
    ),
    user_id=UUID,
    drops=list,
    now=datetime,
)
PAST = Compiled(_past, user_id=UUID, now=datetime, given_up_since=datetime, cancelled_since=datetime)


def with_seat_left(people: QuerySet[User], now: datetime) -> QuerySet[User]:
    """Return those of `people` who hold fewer seats at a time than they may, counted together with the accounts that
    seem to be theirs; `rules.check_claim` says it of one."""
    held = Claim.objects.in_play(now).filter(user=OuterRef("pk")).order_by().values("user")
    most, at_first = settings.ACTIVE_CLAIMS_MAX, min(settings.SEATS_UNPROVEN_MAX, settings.ACTIVE_CLAIMS_MAX)
    accounts: dict[int, list[UUID]] = {}
    for account, number in seats_of_linked(now).items():
        accounts.setdefault(min(number, most), []).append(account)
    of_linked = Case(*(When(pk__in=some, then=number) for number, some in accounts.items()), default=0)
    people = people.alias(
        seats_held=Coalesce(Subquery(held.annotate(number=Count("pk")).values("number")), 0) + of_linked,
        has_passed=Exists(Submission.objects.passing().filter(user=OuterRef("pk"))),
    )
    return people.filter(Q(seats_held__lt=at_first) | Q(seats_held__lt=most, has_passed=True))


@dataclass(frozen=True)
class Eligibility:
    """How `user` stands to some drops, loaded with two queries however many there are, and one more for their past."""

    user: User
    now: datetime
    claims: dict[UUID, Claim] = field(default_factory=dict)
    submitted: frozenset[UUID] = frozenset()
    cooldowns: dict[UUID, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, user: User, drops: Iterable[Drop], now: datetime) -> Eligibility:
        """`claims` holds the user's active claims by drop."""
        # Nobody competes on their own drop.
        ids = [drop.pk for drop in drops if not drop.is_sent_by(user)]
        if not ids:
            return cls(user, now)
        claims = CLAIMS.objects(user_id=user.pk, drops=ids)
        return cls(
            user=user,
            now=now,
            claims={claim.drop_id: claim for claim in claims},
            submitted=frozenset(claim.drop_id for claim in claims if hasattr(claim, "submission")),
            cooldowns=dict(COOLDOWNS.rows(user_id=user.pk, drops=ids, now=now)),
        )

    @cached_property
    def past(self) -> Past:
        """The user's past; asked once, and only by rules that are about it."""
        return Past.of(self.user, self.now)

    @cached_property
    def frozen(self) -> Refused | None:
        """Why the user's money may not be spent, if so; asked once, and only by rules that are about money."""
        try:
            require_unfrozen(self.user)
        except Refused as refusal:
            return refusal
        return None

    @cached_property
    def appeals(self) -> list[Appeal]:
        """The user's appeals; asked once, and only of those who played a drop that can be appealed."""
        return list(Appeal.objects.filter(user=self.user).only("drop", "status", "due_at"))

    @property
    def cooldown_factor(self) -> int:
        """By how much the next cooldown is longer: doubled for each seat let go or lapsed within the last day."""
        return 2 ** min(len(self.past.given_up_at), DOUBLINGS_MAX)

    def cooldown_end(self, drop: Drop) -> datetime:
        """When the user may claim a seat on `drop` again if they let theirs go now: the bell at the latest.

        A tenth of the window and as long again as the seat was held, or letting go just before the lease runs out would
        keep a seat from others for nothing; all of it times the factor for seats given up today.
        """
        held = self.now - self.claims[drop.pk].created_at
        once = timedelta(seconds=drop.window_seconds * settings.RELEASE_COOLDOWN_WINDOW_SHARE) + held
        return min(self.now + once * self.cooldown_factor, drop.bell)

    @property
    def cancellations_left(self) -> int:
        """How many more of those are free today; not below zero."""
        return max(0, settings.CANCELLATIONS_FREE_PER_DAY - len(self.past.cancellations))

    @property
    def posting_waits_until(self) -> datetime | None:
        """When the user may post and pay again, where they cancelled more often than is free; else None."""
        if len(self.past.cancellations) <= settings.CANCELLATIONS_FREE_PER_DAY:
            return None
        until = self.past.cancellations[0] + timedelta(seconds=settings.CANCELLATION_PAUSE_SECONDS)
        return until if self.now < until else None

    @cached_property
    def hidden(self) -> dict[UUID, str]:
        """Why staff took drops that the user sent out of sight, by drop; asked once, and only for a sender."""
        standing = Takedown.objects.standing().filter(drop__sender=self.user)
        return dict(standing.values_list("drop_id", "told"))
