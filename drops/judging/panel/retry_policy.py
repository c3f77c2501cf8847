"""How patient we are with a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long to wait, in seconds. `waits_seconds` come before the second and the third attempt."""

    attempts_max: int = 3
    waits_seconds: tuple[float, ...] = (1.0, 4.0)
    retry_after_seconds_max: float = 30.0
    request_seconds_max: float = 60.0
    # So that calls which failed together don't come back together.
    jitter_share: float = 0.25
