"""Faults on the way to Stripe, in it, and on the way back."""

from __future__ import annotations

import enum
import threading
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.stripe_double.errors import ApiError


class Fault(enum.Enum):
    """The card's answers, Stripe's, and the network's. `saved` is about the idempotency key."""

    DECLINE = "the bank says no"
    NEEDS_AUTHENTICATION = "the bank wants to see the owner"
    BALANCE_INSUFFICIENT = "400, saved: our available balance is short"
    REFUSED = "400, saved, with the code given"
    ERROR_SAVED = "500 without effect, saved"
    ERROR_SAVED_AFTER_EFFECT = "500 though the work was done, saved"
    ERROR_UNSAVED = "500 before any work"
    RATE_LIMITED = "429 with Retry-After"
    KEY_IN_USE = "409"
    TIMEOUT_BEFORE_EFFECT = "no answer, nothing done"
    TIMEOUT_AFTER_EFFECT = "no answer, though the work was done"
    DROP_BEFORE_EFFECT = "connection lost, nothing done"
    DROP_AFTER_EFFECT = "connection lost, though the work was done"
    LANDS_LATER = "connection lost; the work is done when the test says so, and the key is in use until then"
    GARBLED = "a proxy answers with a page of its own, nothing done"


# Asked only where work would begin: a replayed answer meets none of them.
IN_THE_WORK = {
    Fault.DECLINE,
    Fault.NEEDS_AUTHENTICATION,
    Fault.BALANCE_INSUFFICIENT,
    Fault.REFUSED,
    Fault.ERROR_SAVED,
    Fault.ERROR_SAVED_AFTER_EFFECT,
    Fault.LANDS_LATER,
}


@dataclass(eq=False)
class Gate:
    """Holds one request still. Wait for `reached`, look around, then `open()`; once `passed` is set, its work is done
    and its key is free, also where its caller has gone."""

    after_effect: bool
    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)
    passed: threading.Event = field(default_factory=threading.Event)

    def open(self) -> None:
        self.opened.set()


@dataclass
class Trouble:
    fault: Fault | Gate
    route: str
    times: int
    details: dict[str, Any]


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Trouble] = []

    def add(self, fault: Fault | Gate, route: str, times: int, details: dict[str, Any]) -> None:
        with self._lock:
            self._waiting.append(Trouble(fault, route, times, details))

    def take(self, route: str, *, fresh: bool) -> Trouble | None:
        """The next trouble that waits on this route, as `POST /v1/transfers`; used up as it is taken."""
        with self._lock:
            for trouble in self._waiting:
                if fnmatchcase(route, trouble.route) and (fresh or trouble.fault not in IN_THE_WORK):
                    trouble.times -= 1
                    if not trouble.times:
                        self._waiting.remove(trouble)
                    return trouble
        return None

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    @property
    def all_met(self) -> bool:
        with self._lock:
            return not self._waiting


def refusal(trouble: Trouble) -> ApiError | None:
    """Return the answer Stripe gives instead of working, if it does."""
    more = trouble.details
    broken: dict[str, Any] = {"status": 500, "message": "Something went wrong.", "kind": "api_error"}
    answers: dict[Fault, dict[str, Any]] = {
        Fault.BALANCE_INSUFFICIENT: {"status": 400, "message": "Short of funds.", "code": "balance_insufficient"},
        Fault.REFUSED: {"status": 400, "message": "Refused.", "code": more.get("code")},
        Fault.ERROR_SAVED: {**broken, "headers": {"Stripe-Should-Retry": "false"}},
        Fault.ERROR_UNSAVED: {**broken, "saved": False},
        Fault.RATE_LIMITED: {
            "status": 429,
            "message": "Too many requests.",
            "code": "rate_limit",
            "saved": False,
            "headers": {"Retry-After": str(more.get("retry_after_seconds", 7))},
        },
        Fault.KEY_IN_USE: {"status": 409, "message": "In use.", "code": "idempotency_key_in_use", "saved": False},
    }
    answer = answers.get(trouble.fault) if isinstance(trouble.fault, Fault) else None
    return ApiError(**answer) if answer else None
