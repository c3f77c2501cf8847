"""The ways in which asking a model can end badly: each is followed by something else."""

from __future__ import annotations

from decimal import Decimal

OUT_OF_TIME = "the time for judging was over"


class CallFailure(Exception):
    """One request brought no answer.

    `words` say why in a few words of ours, fit for a log; `detail` is the server's own line for the operator, without
    the key. `cost_cents` is what it cost all the same; `retry_after_seconds` is what the server asks for before another
    try, None where it does not say.
    """

    def __init__(
        self,
        words: str,
        detail: str = "",
        *,
        cost_cents: Decimal = Decimal(0),
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(words)
        self.words = words
        self.detail = detail
        self.cost_cents = cost_cents
        self.retry_after_seconds = retry_after_seconds


class RateLimited(CallFailure):
    """429: later."""

    def __init__(self, detail: str = "", *, retry_after_seconds: float | None = None) -> None:
        super().__init__("it was asked too often", detail, retry_after_seconds=retry_after_seconds)


class Unavailable(CallFailure):
    """An error of a server or of whoever stands before it, no answer in time, a lost connection: later."""


class Garbled(CallFailure):
    """The server sent something else than a chat completion, or nothing in it: later."""


class Unread(CallFailure):
    """The model was shown less than was sent, as the server's count tells: what it says is about something else."""


class Unfinished(CallFailure):
    """The answer was cut off: what came of it may be what the model thought on the way to another one."""


class Abstained(CallFailure):
    """The model will not judge this: it has no vote."""


class Rejected(CallFailure):
    """The server says that it takes no such request: asking again changes nothing."""


class OutOfTime(CallFailure):
    """The time ran out before the request could be made."""

    def __init__(self) -> None:
        super().__init__(OUT_OF_TIME)
