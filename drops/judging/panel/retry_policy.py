"""How patient we are with a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RetryPolicy:
    """How often to ask, and how long to wait, in seconds.

    An answer that can't be used is asked for afresh until there were `answers_max`. An outage is waited out: there is
    one more attempt after each of `waits_seconds`. Where the server says how long, that long is waited, up to
    `retry_after_seconds_max`, and nothing is used up; but no call is attempted more than `attempts_max` times.
    """

    answers_max: int = 3
    waits_seconds: tuple[float, ...] = (1.0, 4.0, 10.0, 20.0)
    retry_after_seconds_max: float = 300.0
    attempts_max: int = 20
    request_seconds_max: float = 60.0
    # So that calls which failed together don't come back together.
    jitter_share: float = 0.25
