"""Asking until there is an answer that can be used, or no sense in asking on."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from drops.judging.panel.client import NEVER, JudgeClient, Reply
from drops.judging.panel.failures import (
    OUT_OF_TIME,
    Abstained,
    CallFailure,
    Garbled,
    OutOfTime,
    RateLimited,
    Rejected,
    Unfinished,
    Unread,
)
from drops.judging.panel.retry_policy import RetryPolicy
from drops.ranking import Call, CallAnswer, Malformed

Check = Callable[[str], None]
OUT_OF_MEANS = "nothing was left for another try"


class Stopped(Exception):
    """The worker is going home; whoever comes next asks this call."""


@dataclass(frozen=True)
class Attempt:
    """One attempt at a call: what was sent, and either what was `reply` or, in a few words, the `failure`.

    A `reply` with a `failure` is an answer that could not be used. `detail` is the server's own line.
    """

    call: Call
    number: int
    request: Mapping[str, Any]
    reply: Reply | None
    failure: str
    detail: str
    cost_cents: Decimal
    seconds: float


@dataclass(frozen=True)
class Limits:
    """When asking has to end: `until` by the monotonic clock, `stop` at once, `may_try` for what can be paid for.

    `may_try` is asked before each attempt, with the call and whether an answer to it could not be used.
    """

    until: float | None = None
    stop: threading.Event = NEVER
    may_try: Callable[[Call, bool], bool] = lambda call, again: True


def ask_with_retries(
    client: JudgeClient,
    call: Call,
    *,
    check: Check,
    note: Callable[[Attempt], None] = lambda attempt: None,
    limits: Limits = Limits(),
    retries: RetryPolicy = RetryPolicy(),  # noqa: B008
) -> CallAnswer:
    """The answer to `call` that counts, as long as `retries` allows; each attempt is given to `note`.

    `check` raises Malformed for a text that is no answer; the call is then asked afresh, and the bad text shown to
    nobody. Raises Stopped.
    """
    patience = _Patience(retries)
    for number in range(1, retries.attempts_max + 1):
        if not limits.may_try(call, patience.answers > 0):
            return CallAnswer(call.key, failure=patience.failure)
        began = time.monotonic()
        try:
            most, less = retries.request_seconds_max, patience.plainer
            reply = client.ask(call, seconds_max=most, until=limits.until, stop=limits.stop, plainer=less)
        except OutOfTime as fault:
            if limits.stop.is_set():
                raise Stopped from fault
            return CallAnswer(call.key, failure=OUT_OF_TIME)
        except CallFailure as fault:
            seconds, sent = time.monotonic() - began, client.request_for(call, patience.plainer)
            note(Attempt(call, number, sent, None, fault.words, fault.detail, fault.cost_cents, seconds))
            wait = patience.after_fault(fault)
            if wait is None:
                break
            _wait(client, fault, wait, limits, retries)
            continue
        failure = _fault_in(reply.text, check)
        note(Attempt(call, number, reply.request, reply, failure, "", reply.cost_cents, reply.seconds))
        if not failure:
            return CallAnswer(call.key, reply.text)
        if not patience.after_answer(failure):
            break
    return CallAnswer(call.key, failure=patience.failure)


class _Patience:
    """Patience with one call: `answers` could not be used, `failure` says what came last."""

    def __init__(self, retries: RetryPolicy) -> None:
        self._retries = retries
        self._waits = list(retries.waits_seconds)
        self._useless = 0
        self.answers = 0
        self.failure = OUT_OF_MEANS

    @property
    def plainer(self) -> int:
        """How many rungs less strictly to ask for JSON: some servers say nothing, or nonsense, by a schema."""
        return max(0, self._useless - 1)

    def after_answer(self, failure: str) -> bool:
        """Whether to ask again after an answer that can't be used."""
        self.failure, self.answers, self._useless = failure, self.answers + 1, self._useless + 1
        return self.answers < self._retries.answers_max

    def after_fault(self, fault: CallFailure) -> float | None:
        """Return how many seconds to wait before asking again; None where that makes no sense any more."""
        self.failure = fault.words
        self._useless += isinstance(fault, Garbled)
        if isinstance(fault, Abstained | Rejected):
            return None
        if isinstance(fault, Unread | Unfinished):
            # Behind one address may be servers of more than one size, but a pause makes none larger; and what a model
            # thinks is longer one time than another.
            return 0.0 if self.after_answer(fault.words) else None
        if fault.retry_after_seconds is not None:
            # Who asks for no pause at all, or for one that is over, would use up all attempts within it.
            least, most = self._retries.waits_seconds[0], self._retries.retry_after_seconds_max
            return min(max(fault.retry_after_seconds, least), most)
        return self._waits.pop(0) if self._waits else None


def _fault_in(text: str, check: Check) -> str:
    try:
        check(text)
    except Malformed as fault:
        return str(fault).rstrip(".")
    return ""


def _wait(client: JudgeClient, fault: CallFailure, seconds: float, limits: Limits, retries: RetryPolicy) -> None:
    """Wait so long before the next attempt, or a little longer; all others too, where the server said so to one."""
    if isinstance(fault, RateLimited) or fault.retry_after_seconds is not None:
        client.hold(seconds)
    seconds *= 1 + random.random() * retries.jitter_share  # noqa: S311 (nothing secret hangs on it)
    if limits.until is not None and time.monotonic() + seconds >= limits.until:
        return
    if limits.stop.wait(seconds):
        raise Stopped
