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
from drops.judging.panel.failures import OUT_OF_TIME, Abstained, CallFailure, Garbled, OutOfTime, RateLimited, Rejected
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

    `may_try` is asked before each attempt, with the call and the attempt's number.
    """

    until: float | None = None
    stop: threading.Event = NEVER
    may_try: Callable[[Call, int], bool] = lambda call, number: True


def ask_with_retries(
    client: JudgeClient,
    call: Call,
    *,
    check: Check,
    note: Callable[[Attempt], None] = lambda attempt: None,
    limits: Limits = Limits(),
    retries: RetryPolicy = RetryPolicy(),  # noqa: B008
) -> CallAnswer:
    """The answer to `call` that counts, after at most `retries.attempts_max` attempts; each is given to `note`.

    `check` raises Malformed for a text that is no answer; the call is then asked afresh, and the bad text shown to
    nobody. Raises Stopped.
    """
    failure = OUT_OF_MEANS
    for number in range(1, retries.attempts_max + 1):
        if not limits.may_try(call, number):
            break
        began = time.monotonic()
        try:
            reply = client.ask(call, seconds_max=retries.request_seconds_max, until=limits.until, stop=limits.stop)
        except OutOfTime as fault:
            if limits.stop.is_set():
                raise Stopped from fault
            return CallAnswer(call.key, failure=OUT_OF_TIME)
        except CallFailure as fault:
            failure = fault.words
            seconds, sent = time.monotonic() - began, client.request_for(call)
            note(Attempt(call, number, sent, None, failure, fault.detail, fault.cost_cents, seconds))
            if isinstance(fault, Abstained | Rejected):
                break
            _wait(client, fault, number, limits, retries)
            continue
        failure = _fault_in(reply.text, check)
        note(Attempt(call, number, reply.request, reply, failure, "", reply.cost_cents, reply.seconds))
        if not failure:
            return CallAnswer(call.key, reply.text)
    return CallAnswer(call.key, failure=failure)


def _fault_in(text: str, check: Check) -> str:
    try:
        check(text)
    except Malformed as fault:
        return str(fault).rstrip(".")
    return ""


def _wait(client: JudgeClient, fault: CallFailure, number: int, limits: Limits, retries: RetryPolicy) -> None:
    """Wait as long as the failure asks for before the next attempt."""
    if number >= retries.attempts_max or isinstance(fault, Garbled):
        return
    wait = retries.waits_seconds[min(number, len(retries.waits_seconds)) - 1]
    if isinstance(fault, RateLimited):
        if fault.retry_after_seconds is not None:
            wait = min(fault.retry_after_seconds, retries.retry_after_seconds_max)
        client.hold(wait)
    # Never less than was asked for.
    wait *= 1 + random.random() * retries.jitter_share  # noqa: S311 (nothing secret hangs on it)
    if limits.until is not None and time.monotonic() + wait >= limits.until:
        return
    if limits.stop.wait(wait):
        raise Stopped
