"""Asking the panel of one drop, wave by wave, with every attempt and answer stored as it comes.

No transaction is open while models are asked. What is stored is never asked again: a worker that comes after one that
was lost goes on from the stored answers.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import TypeAlias
from uuid import UUID

from django.conf import settings
from django.db import connection

from drops.judging import steps
from drops.judging.panel import attempts as records
from drops.judging.panel.asking import Attempt, Limits, Stopped, ask_patiently
from drops.judging.panel.budget import Purse
from drops.judging.panel.client import client_of
from drops.judging.panel.failures import OUT_OF_TIME
from drops.judging.panel.judges import Seat
from drops.judging.panel.lease import Lease, take_lease
from drops.judging.panel.per_judge import OneEach
from drops.judging.panel.retry_policy import Patience
from drops.judging.panel.sessions import panel_of, seats_of
from drops.judging.rounds import hand_to_staff
from drops.judging.snapshots import field_of
from drops.models import Drop, JudgingRound
from drops.ranking import AnswerMisfit, Call, CallAnswer, Step, Wave

log = logging.getLogger(__name__)

KEEP_SECONDS = 5.0
LOG_SECONDS = 2.0
LOOK_SECONDS = 0.25
# A server that sends its answer drop by drop can outlast every timeout; then we go on without it.
OVERDUE_SECONDS = 5.0
NOT_CONFIGURED = "this judge is no longer configured"
OUR_FAULT = "a fault on our side"
NOT_FINISHED = "The panel could not finish."


@dataclass(frozen=True)
class Left:
    """A call that nobody asks now, because this worker stops."""

    key: str


Arrival: TypeAlias = Attempt | CallAnswer | Left


def hear(*, drop_id: UUID, clock: Callable[[], datetime], stop: threading.Event) -> None:
    """Ask the drop's panel until the drop has ended or is somebody else's. Does nothing where another worker is at it.

    `clock` gives the time, aware UTC; `stop` makes it leave what is not asked yet to the next worker.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A panel is never asked inside a transaction.")
    lease = take_lease(drop_id=drop_id, now=clock())
    if lease is None:
        return
    try:
        _Hearing(lease, clock, stop).run()
    except AnswerMisfit:
        # The stored answers are to another wording or rubric: what they answered is asked no more.
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


class _Hearing:
    """One worker's part in one round."""

    def __init__(self, lease: Lease, clock: Callable[[], datetime], stop: threading.Event) -> None:
        self._lease, self._clock, self._stop = lease, clock, stop
        self._round = JudgingRound.objects.select_related("drop", "sitting").get(pk=lease.round_id)
        self._sitting = self._round.sitting
        self._panel = panel_of(self._sitting)
        self._field = field_of(self._round)
        self._seats = seats_of(self._sitting)
        self._purse = Purse(self._seats, self._panel.ceilings(self._field), self._sitting.reserved_cents)
        self._purse.charge_earlier(records.attempts_of(self._sitting))
        self._until = time.monotonic() + (lease.deadline_at - clock()).total_seconds()
        self._over = threading.Event()
        self._arrivals: SimpleQueue[Arrival] = SimpleQueue()
        self._kept_at = self._logged_at = time.monotonic()
        self._has_news = False

    def run(self) -> None:
        while not self._over.is_set():
            step = steps.replay(self._round, self._field)
            if not self._settle(step) or not isinstance(step, Wave):
                return
            self._ask(step.calls)

    def _settle(self, step: Step) -> bool:
        """Write down what it has come to; False where the round is not this worker's any more."""
        return steps.settle_panel(drop=self._round.drop, step=step, still=self._lease.holds, now=self._clock())

    def _ask(self, calls: Sequence[Call]) -> None:
        """Make all of `calls` and store what comes, until each is answered or left."""
        for call in calls:
            seat = self._seats[call.seat]
            if seat is None:
                self._arrivals.put(CallAnswer(call.key, failure=NOT_CONFIGURED))
            else:
                desk_of(seat).submit(self._ask_one, seat, call)
        waiting = {call.key for call in calls}
        while waiting:
            waiting -= self._store(self._gather())
            self._look_up()
            if time.monotonic() > self._until + OVERDUE_SECONDS:
                self._store([CallAnswer(key, failure=OUT_OF_TIME) for key in sorted(waiting)])
                return

    def _ask_one(self, seat: Seat, call: Call) -> None:
        """In a thread of the seat's: it may wait for the network, and touches no database."""
        limits = Limits(self._until, self._over, self._purse.take)
        try:
            answer = ask_patiently(
                client_of(seat),
                call,
                check=lambda text: self._panel.check(self._field, call, text),
                note=self._note,
                limits=limits,
                patience=Patience(**settings.JUDGE_PATIENCE),
            )
        except Stopped:
            self._arrivals.put(Left(call.key))
        except Exception:
            log.exception("call failed", extra={"drop": str(self._round.drop_id), "seat": seat.name})
            self._arrivals.put(CallAnswer(call.key, failure=OUR_FAULT))
        else:
            self._arrivals.put(answer)

    def _note(self, attempt: Attempt) -> None:
        self._purse.settle(attempt.call, attempt.cost_cents)
        self._arrivals.put(attempt)

    def _gather(self) -> list[Arrival]:
        """What has arrived, after waiting a moment for it."""
        found: list[Arrival] = []
        try:
            found.append(self._arrivals.get(timeout=LOOK_SECONDS))
            while True:
                found.append(self._arrivals.get_nowait())
        except Empty:
            return found

    def _store(self, arrivals: Sequence[Arrival]) -> set[str]:
        """Store attempts and answers; the keys of calls that are waited for no more."""
        answers = [one for one in arrivals if isinstance(one, CallAnswer)]
        attempts = [one for one in arrivals if isinstance(one, Attempt)]
        if attempts or answers:
            read = lambda call, text: self._panel.read(self._field, call, text)  # noqa: E731
            rows = [records.row_of(self._sitting, self._lease.fence, one, read, self._clock()) for one in attempts]
            records.store(self._sitting, rows, answers, now=self._clock())
            self._has_news |= bool(answers)
        return {one.key for one in arrivals if not isinstance(one, Attempt)}

    def _look_up(self) -> None:
        """Every few seconds: is this drop still ours, and what is new for the log?"""
        now = time.monotonic()
        if self._stop.is_set():
            self._over.set()
        if now - self._kept_at >= KEEP_SECONDS and not self._over.is_set():
            self._kept_at = now
            if not self._lease.keep(self._clock()):
                # What is in flight is waited for and stored; nothing new is asked.
                self._over.set()
        if self._has_news and now - self._logged_at >= LOG_SECONDS and not self._over.is_set():
            self._logged_at, self._has_news = now, False
            step = steps.replay(self._round, self._field)
            if isinstance(step, Wave):
                self._settle(step)


@OneEach
def desk_of(seat: Seat) -> ThreadPoolExecutor:
    """The threads that ask this seat: as many as it takes at once, so that a slow seat holds up no other."""
    return ThreadPoolExecutor(seat.concurrency, thread_name_prefix=f"seat-{seat.name}")
