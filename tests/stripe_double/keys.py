"""Idempotency keys, as Stripe keeps them: v1 replays the first result, v2 only what succeeded."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from tests.stripe_double.errors import ApiError


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, error: ApiError) -> Answer:
        return cls(error.status, error.body, error.headers)


class Keys:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[object, Answer | None]] = {}

    def open(self, key: str, request: object) -> Answer | None:
        """Take the key, or get the saved answer. Raises 409 while it is in use, 400 for another request."""
        with self._lock:
            if key not in self._seen:
                self._seen[key] = (request, None)
                return None
            first, answer = self._seen[key]
            if first != request:
                message = f"Keys for idempotent requests can only be used with the same parameters: '{key}'."
                raise ApiError(400, message, kind="idempotency_error", saved=False)
            if answer is None:
                message = f"There is another in-progress request using this Idempotent Key: {key}."
                raise ApiError(409, message, code="idempotency_key_in_use", saved=False)
            return Answer(answer.status, answer.body, {**answer.headers, "Idempotent-Replayed": "true"})

    def close(self, key: str, answer: Answer | None) -> None:
        """Save the answer, or give the key back where there is none to save."""
        with self._lock:
            if answer is None:
                self._seen.pop(key, None)
            else:
                self._seen[key] = (self._seen[key][0], answer)

    def forget(self) -> None:
        """A day has passed."""
        with self._lock:
            self._seen.clear()
