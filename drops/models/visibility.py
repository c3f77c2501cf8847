"""Which drops a reader may see and what is due: reads, as QuerySet methods."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast, Length
from django.db.models.lookups import GreaterThan

from drops.models.claim import SEATS_MAX, Claim
from drops.models.headings import HEADING_CHARS_MAX
from drops.models.search import saying
from drops.models.takedown import in_sight
from wallet.models import Topup

if TYPE_CHECKING:
    from accounts.models import User
    from drops.models.drop import Drop

REMOVED = "removed_by_staff"


class DropQuerySet(models.QuerySet[Any]):
    def lock(self, drop_id: UUID) -> Drop:
        """Hold this drop until the transaction ends, and return it as it stands now."""
        # NO KEY: rows that merely refer to it may still be written by others meanwhile.
        drop: Drop = self.select_for_update(no_key=True).get(pk=drop_id)
        return drop

    def hold(self, drop: Drop) -> None:
        """As `lock`, for a drop that was read before: it is read again as it stands now."""
        drop.refresh_from_db(from_queryset=self.select_for_update(no_key=True))

    def visible_to(self, user: User | AnonymousUser | None) -> DropQuerySet:
        """Return what `user` may know exists: unpaid drops are their sender's, removed ones their players', and what
        staff took out of sight is nobody's but its sender's."""
        if user is None or not user.is_authenticated:
            return self.filter(in_sight("drop"), paid_at__isnull=False).exclude(outcome_reason=REMOVED)
        if user.moderates:
            return self
        return self.visible_to_player(user.pk)

    def visible_to_player(self, user_id: UUID | None) -> DropQuerySet:
        """As `visible_to`, for somebody with an account and no rights of staff."""
        played = Q(pk__in=Claim.objects.filter(user=user_id).values("drop_id"))
        public = Q(paid_at__isnull=False) & (Q(outcome_reason__isnull=True) | ~Q(outcome_reason=REMOVED))
        return self.filter(Q(sender=user_id) | (in_sight("drop") & (public | played)))

    def with_stake_of(self, user: User | AnonymousUser) -> DropQuerySet:
        """Drops that `user` sent, or ever held a seat on: where they moderate nothing and see what a player sees."""
        return self.filter(Q(sender=user.pk) | Q(pk__in=Claim.objects.filter(user=user.pk).values("drop_id")))

    def with_stake_of_any(self, people: Collection[UUID]) -> DropQuerySet:
        """Drops that one of these accounts sent, or ever held a seat on."""
        return self.filter(Q(sender__in=people) | Q(pk__in=Claim.objects.filter(user__in=people).values("drop_id")))

    def is_stake_of(self, user: User | AnonymousUser, drop: Drop) -> bool:
        """Whether `user` sent `drop`, or ever held a seat on it."""
        return self.with_stake_of(user).filter(pk=drop.pk).exists()

    def with_round(self) -> DropQuerySet:
        """Together with the rounds that tell who judges, so that a list asks no more for each row."""
        return self.select_related("current_round")

    def in_window(self, now: datetime) -> DropQuerySet:
        """Open and before the bell: the board."""
        return self.filter(status="open", window_closes_at__gt=now)

    def finished(self) -> DropQuerySet:
        """Completed drops, those that have a grade: the feed."""
        return self.filter(status="completed")

    def with_public_work(self) -> DropQuerySet:
        """Return the finished drops whose winning work anybody may read: the gallery."""
        seen = self.visible_to(None).finished().filter(public_result=True)
        return seen.filter(in_sight("submission", "winning_submission"))

    def unrated(self) -> DropQuerySet:
        """Ended after the bell, and not yet taken into the agents' ratings."""
        return self.filter(is_rated=False, status__in=["completed", "failed"])

    def saying(self, words: str) -> DropQuerySet:
        """With each of `words`, or a word that begins with it, in the title or the prompt, in any case."""
        return self.filter(*saying(words))

    def with_seats(self) -> DropQuerySet:
        return self.filter(claims_count__lt=SEATS_MAX)

    def due(self, now: datetime) -> DropQuerySet:
        """Open drops whose bell has rung, or which close when full and have every seat's submission."""
        full = Q(close_when_full=True, submissions_count__gte=SEATS_MAX)
        return self.filter(Q(window_closes_at__lte=now) | full, status="open")

    def due_in_ranking(self, now: datetime) -> DropQuerySet:
        """In ranking with nobody judging yet, or with people who let their time pass.

        Drops that wait for people are not asked for every other second: their last answer ends them.
        """
        late_sender = Q(current_round__judge="sender", current_round__deadline_at__lte=now)
        late = late_sender | Q(current_round__result_stands_at__lte=now)
        return self.filter(Q(current_round__isnull=True) | late, status="ranking")

    def waiting_for_sender(self) -> DropQuerySet:
        """Theirs to judge who sent them."""
        return self._judged_by("sender")

    def waiting_for_staff(self) -> DropQuerySet:
        """The moderators' queue: theirs to judge."""
        return self._judged_by("staff")

    def _judged_by(self, judge: str) -> DropQuerySet:
        # That its round is open follows from the status; said here, it lets the index of open rounds be used.
        return self.filter(status="ranking", current_round__judge=judge, current_round__is_open=True)

    def late_with_staff(self, now: datetime) -> DropQuerySet:
        """Those of the moderators' queue that have waited for longer than they may."""
        return self.waiting_for_staff().filter(current_round__deadline_at__lte=now)

    def without_judge(self) -> DropQuerySet:
        """In ranking and not yet begun; more than a few seconds of it means that no worker runs."""
        return self.filter(status="ranking", current_round__isnull=True)

    def reported(self) -> DropQuerySet:
        """With reports that nobody has handled yet."""
        return self.filter(reports__isnull=False, reports__handled_at__isnull=True).distinct()

    def unpaid_since(self, now: datetime) -> DropQuerySet:
        """Never paid for within the time a drop may wait."""
        limit = now - timedelta(seconds=settings.UNPAID_DROP_SECONDS_MAX)
        return self.filter(status="pending_payment", created_at__lte=limit)

    def without_agent(self) -> DropQuerySet:
        """Return what nobody ever took a seat on, unless it is open, or moderators ended it."""
        ended = Q(outcome_reason__in=["abandoned", "unpaid", "cancelled_by_sender", "no_submissions"])
        return self.filter(ended | Q(status="pending_payment"), ~Exists(Claim.objects.filter(drop=OuterRef("pk"))))

    def purgeable(self, *, before: datetime) -> DropQuerySet:
        """Return what ended before then without an agent, and takes room: never paid for, so that all of it may go
        once what was posted from it has; or with more than a heading, unless moderators have yet to read a report."""
        paid_rerolls = self.model.objects.filter(origin=OuterRef("pk"), paid_at__isnull=False)
        goes = Q(paid_at=None) & ~Exists(paid_rerolls)
        asked = Exists(self.model.objects.reported().filter(pk=OuterRef("pk"))) & Q(paid_at__isnull=False)
        files = Exists(self.model.attachments.through.objects.filter(drop=OuterRef("pk")))
        prompt = GreaterThan(Length("prompt"), HEADING_CHARS_MAX)
        full = Q(prompt) | Q(description__isnull=False) | ~Q(env_vars={}) | Q(files)
        return self.without_agent().filter(goes | full & ~Q(asked), ended_at__lte=before)

    def paid_in_advance(self) -> DropQuerySet:
        """Unpaid, though a top-up that their sender began for them has arrived, and none was tried that fell short."""
        meant = Topup.objects.still_meant().filter(user=OuterRef("sender"), reference=Cast(OuterRef("pk"), CharField()))
        return self.filter(Exists(meant), status="pending_payment")

    def cancelled_on_agents(self, *, since: datetime) -> DropQuerySet:
        """Taken back by their senders after `since`, while somebody held a seat."""
        return self.filter(outcome_reason="cancelled_by_sender", ended_at__gt=since, claims_count__gt=0)

    def sent_by(self, user: User) -> DropQuerySet:
        return self.filter(sender=user)
