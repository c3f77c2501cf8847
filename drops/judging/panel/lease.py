"""One worker at a time asks the panel of a round; what a worker that was lost still brings is harmless."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from drops.models import JudgingRound
from drops.models.rounds import JudgingRoundQuerySet

KEEP_SECONDS = 5.0


@dataclass(frozen=True)
class Lease:
    """A worker's hold on one round, until its deadline. `fence` is higher than that of every worker before."""

    round_id: int
    fence: int
    deadline_at: datetime

    def keep(self, now: datetime) -> bool:
        """Hold on for another while. False where the round is over or another worker has it."""
        return bool(self._mine.update(lease_expires_at=_end_of_lease(now)))

    def give_back(self) -> None:
        """Let the next worker take over at once."""
        self._mine.update(lease_expires_at=None)

    def holds(self, judging_round: JudgingRound) -> bool:
        """Whether the round, as it was loaded, is still this worker's to ask about."""
        return judging_round.is_open and (judging_round.pk, judging_round.fence) == (self.round_id, self.fence)

    @property
    def _mine(self) -> JudgingRoundQuerySet:
        return JudgingRound.objects.open().filter(pk=self.round_id, fence=self.fence)


class LeaseKeeper:
    """Keeps a lease for as long as its worker asks. `over` is set once nothing new may be asked.

    That is where `stop` is, or where the lease is lost; what is in flight then is still waited for and stored.
    """

    def __init__(self, lease: Lease, stop: threading.Event) -> None:
        self.over = threading.Event()
        self._lease, self._stop = lease, stop
        self._kept_at = time.monotonic()

    def look(self, now: datetime) -> None:
        """See whether to go on; to be called often, it asks the database every few seconds."""
        if self._stop.is_set():
            self.over.set()
        if time.monotonic() - self._kept_at >= KEEP_SECONDS and not self.over.is_set():
            self._kept_at = time.monotonic()
            if not self._lease.keep(now):
                self.over.set()


@transaction.atomic
def take_lease(*, drop_id: UUID, now: datetime) -> Lease | None:
    """Take a drop that is the panel's and that nobody asks about; None where there is nothing to take.

    The first worker starts the time that judging may last.
    """
    longest = timedelta(seconds=settings.JUDGE_DROP_SECONDS_MAX)
    rounds = JudgingRound.objects.filter(drop=drop_id)
    taken = rounds.needs_worker(now).update(
        lease_expires_at=_end_of_lease(now), fence=F("fence") + 1, deadline_at=Coalesce("deadline_at", now + longest)
    )
    # The row is ours until the commit, so nobody has moved it on since.
    return Lease(*rounds.open().values_list("pk", "fence", "deadline_at").get()) if taken else None


def _end_of_lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.JUDGE_LEASE_SECONDS)
