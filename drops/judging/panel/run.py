"""Asking the panel of one drop, wave by wave, with every attempt and answer stored as it comes.

No transaction is open while models are asked. What is stored is never asked again: a worker that comes after one that
was lost goes on from the stored answers. `wave` asks, `attempts` stores, `lease` says whether the round is still ours.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from drops.judging import steps
from drops.judging.panel.asking import Attempt, Limits
from drops.judging.panel.attempts import AttemptStore
from drops.judging.panel.budget import PanelBudget
from drops.judging.panel.failures import OUT_OF_TIME
from drops.judging.panel.lease import Lease, LeaseKeeper, take_lease
from drops.judging.panel.sessions import judges_of, panel_of
from drops.judging.panel.wave import WaveAsker
from drops.judging.replaying import replay
from drops.judging.rounds import hand_to_staff
from drops.judging.snapshots import field_of
from drops.models import Drop, JudgingRound
from drops.ranking import PROMPTS_VERSION, AnswerMisfit, Call, CallAnswer, Step, Wave

log = logging.getLogger(__name__)

LOG_SECONDS = 2.0
# A server that sends its answer drop by drop can outlast every timeout; then we go on without it.
OVERDUE_SECONDS = 5.0
NOT_FINISHED = "The panel could not finish."


def run_panel(*, drop_id: UUID, clock: Callable[[], datetime], stop: threading.Event) -> None:
    """Ask the drop's panel until the drop has ended or is somebody else's. Does nothing where another worker is at it.

    `clock` gives the time, aware UTC; `stop` makes it leave what is not asked yet to the next worker.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A panel is never asked inside a transaction.")
    lease = take_lease(drop_id=drop_id, now=clock())
    if lease is None:
        return
    try:
        _PanelRun(lease, clock, stop).run()
    except AnswerMisfit:
        # The stored answers are to another wording, rubric or reading: what they answered is asked no more.
        steps.begin_afresh(drop=Drop.objects.get(pk=drop_id), still=lease.holds, now=clock())
    except Exception:
        log.exception("panel failed", extra={"drop": str(drop_id)})
        _give_up_when_late(lease, clock())
    finally:
        if stop.is_set():
            lease.give_back()


def _give_up_when_late(lease: Lease, now: datetime) -> None:
    """A fault of ours may pass, so the next worker tries; but not for longer than judging may last."""
    judging_round = JudgingRound.objects.select_related("drop").get(pk=lease.round_id)
    if lease.holds(judging_round) and judging_round.is_late(now):
        hand_to_staff(drop=judging_round.drop, reason=NOT_FINISHED, now=now)


class _PanelRun:
    """One worker's part in one round: what the panel asks next, until there is an end or the round is not ours."""

    def __init__(self, lease: Lease, clock: Callable[[], datetime], stop: threading.Event) -> None:
        self._lease, self._clock = lease, clock
        self._round = JudgingRound.objects.select_related("drop", "session").get(pk=lease.round_id)
        session, self._field = self._round.session, field_of(self._round)
        if session.prompts_version != PROMPTS_VERSION:
            raise AnswerMisfit("Nobody is asked by rules that are no longer ours.")
        panel, judges = panel_of(session), judges_of(session)
        self._until = time.monotonic() + (lease.deadline_at - clock()).total_seconds()
        self._keeper = LeaseKeeper(lease, stop)
        self._store = AttemptStore(session, lease.fence, read=lambda call, text: panel.read(self._field, call, text))
        budget = PanelBudget(judges, panel.ceilings(self._field), session.reserved_cents)
        budget.charge_earlier(self._store.earlier_attempts())
        self._asker = WaveAsker(
            judges,
            budget=budget,
            limits=Limits(self._until, self._keeper.over, budget.take),
            check=lambda call, text: panel.check(self._field, call, text),
            about={"drop": str(self._round.drop_id)},
        )
        self._logged_at = time.monotonic()
        self._has_news = False

    def run(self) -> None:
        while not self._keeper.over.is_set():
            step = replay(self._round, self._field)
            if not self._settle(step) or not isinstance(step, Wave):
                return
            self._ask(step.calls)

    def _settle(self, step: Step) -> bool:
        """Write down what it has come to; False where the round is not this worker's any more."""
        return steps.settle_panel(drop=self._round.drop, step=step, still=self._lease.holds, now=self._clock())

    def _ask(self, calls: Sequence[Call]) -> None:
        """Make all of `calls` and store what comes, until each is answered or left."""
        self._asker.start(calls)
        waiting = {call.key for call in calls}
        while waiting:
            arrivals = self._asker.gather()
            self._has_news |= self._store.add(arrivals, now=self._clock())
            waiting -= {one.key for one in arrivals if not isinstance(one, Attempt)}
            self._keeper.look(self._clock())
            self._write_log()
            if time.monotonic() > self._until + OVERDUE_SECONDS:
                overdue = [CallAnswer(key, failure=OUT_OF_TIME) for key in sorted(waiting)]
                self._store.add(overdue, now=self._clock())
                return

    def _write_log(self) -> None:
        """Write what is new into the log, every few seconds at most."""
        if self._has_news and time.monotonic() - self._logged_at >= LOG_SECONDS and not self._keeper.over.is_set():
            self._logged_at, self._has_news = time.monotonic(), False
            step = replay(self._round, self._field)
            if isinstance(step, Wave):
                self._settle(step)
