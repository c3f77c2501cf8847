"""Asking the calls of a wave side by side, each in a thread of its judge's, and gathering what arrives.

No thread touches the database: what arrives is taken out by the worker that stores it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeAlias

from django.conf import settings

from drops.judging.panel.asking import Attempt, Limits, Stopped, ask_with_retries
from drops.judging.panel.budget import PanelBudget
from drops.judging.panel.client import client_of
from drops.judging.panel.judges import PanelJudge
from drops.judging.panel.per_judge import PerJudge
from drops.judging.panel.retry_policy import RetryPolicy
from drops.ranking import Call, CallAnswer

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
NOT_CONFIGURED = "this judge is no longer configured"
OUR_FAULT = "a fault on our side"


@dataclass(frozen=True)
class Left:
    """A call that nobody asks now, because this worker stops."""

    key: str


Arrival: TypeAlias = Attempt | CallAnswer | Left
Check = Callable[[Call, str], None]


class WaveAsker:
    """Asks the judges of one panel within `limits`, and pays for every attempt out of `budget`.

    `check` raises Malformed for a text that is no answer to its call; `about` goes into the log with a fault of ours.
    """

    def __init__(
        self,
        judges: Sequence[PanelJudge | None],
        *,
        budget: PanelBudget,
        limits: Limits,
        check: Check,
        about: dict[str, str],
    ) -> None:
        self._judges, self._budget, self._limits, self._check, self._about = judges, budget, limits, check, about
        self._arrivals: SimpleQueue[Arrival] = SimpleQueue()

    def start(self, calls: Sequence[Call]) -> None:
        """Have all of `calls` asked. An answer, or that it is left, arrives for each."""
        for call in calls:
            judge = self._judges[call.judge]
            if judge is None:
                self._arrivals.put(CallAnswer(call.key, failure=NOT_CONFIGURED))
            else:
                threads_of(judge).submit(self._ask_one, judge, call)

    def gather(self) -> list[Arrival]:
        """Return what has arrived, after waiting a moment for it."""
        arrivals: list[Arrival] = []
        try:
            arrivals.append(self._arrivals.get(timeout=LOOK_SECONDS))
            while True:
                arrivals.append(self._arrivals.get_nowait())
        except Empty:
            return arrivals

    def _ask_one(self, judge: PanelJudge, call: Call) -> None:
        """Ask one call in a thread of the judge's, which may wait for the network."""
        try:
            answer = ask_with_retries(
                client_of(judge),
                call,
                check=lambda text: self._check(call, text),
                note=self._note,
                limits=self._limits,
                retries=RetryPolicy(**settings.JUDGE_PATIENCE),
            )
        except Stopped:
            self._arrivals.put(Left(call.key))
        except Exception:
            log.exception("call failed", extra={**self._about, "seat": judge.name})
            self._arrivals.put(CallAnswer(call.key, failure=OUR_FAULT))
        else:
            self._arrivals.put(answer)

    def _note(self, attempt: Attempt) -> None:
        self._budget.settle(attempt.call, attempt.cost_cents)
        self._arrivals.put(attempt)


@PerJudge
def threads_of(judge: PanelJudge) -> ThreadPoolExecutor:
    """Return the threads that ask this judge: as many as it takes at once, so that a slow one holds up no other."""
    return ThreadPoolExecutor(judge.concurrency, thread_name_prefix=f"judge-{judge.name}")
