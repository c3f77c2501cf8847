"""One question to one model, with everything that is sent, and what came back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

CallKind: TypeAlias = Literal["check", "list"]

CHECK_TOKENS_MAX = 600
LIST_TOKENS_MAX = 1_500
FAILURE_CHARS_MAX = 100


@dataclass(frozen=True, slots=True)
class Call:
    """A request to one judge of a panel, `judge` (0 for the first), complete but for the model's name.

    `key` is unique per field and panel. `kind` is "check" for one entry alone and "list" for a comparison; `part` is 0
    for checks, else the round; `half` is 1 for the reverse of an order. `slots` are the entries in the order shown,
    `names` what they are called in this call alone. `words` are those an answer must repeat to show that all was read:
    the prompt's, then each entry's, in the order in which they stand; none under rules that ask for none. `schema` is a
    JSON Schema of the answer, for servers that take one; `user` says the same in words. `tokens_max` caps the answer.
    """

    key: str
    judge: int
    kind: CallKind
    part: int
    half: int
    slots: tuple[str, ...]
    names: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    system: str
    user: str
    schema: Mapping[str, Any]
    tokens_max: int

    @property
    def slot_of(self) -> dict[str, str]:
        """The name in this call → the slot."""
        return dict(zip(self.names, self.slots, strict=True))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all that is sent, to store beside the answer."""
        sent = json.dumps([self.system, self.user, self.schema, self.tokens_max], sort_keys=True)
        return hashlib.sha256(sent.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """The answer to a call once no further attempt is made: the model's raw `text`, or the `failure` in a few words.

    Raises ValueError unless exactly one of the two is there, and for a failure that is not a line of plain text.
    """

    key: str
    text: str | None = None
    failure: str = ""

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError("The answer to a call needs the call's key.")
        if (self.text is None) == (not self.failure):
            raise ValueError("A call ends with a text or with a failure, not with both or neither.")
        if len(self.failure) > FAILURE_CHARS_MAX or not self.failure.isprintable():
            raise ValueError(f"A failure is a line of at most {FAILURE_CHARS_MAX} characters.")

    def to_json(self) -> dict[str, Any]:
        """A plain dict; `from_json` gives the same answer back."""
        return {"kind": "call", "key": self.key, "text": self.text, "failure": self.failure}

    @classmethod
    def from_json(cls, data: object) -> CallAnswer:
        """Read what `to_json` wrote. Raises ValueError for anything else."""
        if not isinstance(data, Mapping) or set(data) != {"kind", "key", "text", "failure"}:
            raise ValueError("The answer to a call has exactly: failure, key, kind, text.")
        key, text, failure = data["key"], data["text"], data["failure"]
        if data["kind"] != "call" or not isinstance(key, str) or not isinstance(failure, str):
            raise ValueError("The answer to a call has texts for its key and failure.")
        if text is not None and not isinstance(text, str):
            raise ValueError("What a model said is a text.")
        return cls(key, text, failure)
