"""The form of request that a judge's server takes: compatible servers differ in what they know and refuse the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from drops.judging.panel.judges import PanelJudge
from drops.ranking import Call

FORMATS = ("json_schema", "json_object", "words")
CAPS = ("max_tokens", "max_completion_tokens")
# Of these the request's form is innocent; to leave something out would only hide what is wrong.
TOO_LONG = ("context length", "context window", "context_length", "too long", "too many tokens")
FILTERED = ("content_filter", "content filter", "content management policy", "content_policy", "content policy")


def is_too_long(complaint: str) -> bool:
    return any(sign in complaint.casefold() for sign in TOO_LONG)


def is_filtered(complaint: str) -> bool:
    """Whether somebody between us and the model lets nothing of this through."""
    return any(sign in complaint.casefold() for sign in FILTERED)


@dataclass(frozen=True)
class Dialect:
    """How to put a request: by which way JSON is asked for, what the cap is called, which params are left out."""

    json_by: str = FORMATS[0]
    cap: str = CAPS[0]
    left_out: frozenset[str] = frozenset()

    def body(self, judge: PanelJudge, call: Call) -> dict[str, Any]:
        """The request for `call`, complete. Nothing in it says who sent or wrote what, for how much, or when."""
        body: dict[str, Any] = {
            **{name: value for name, value in judge.params.items() if name not in self.left_out},
            "model": judge.model,
            "messages": [{"role": "system", "content": call.system}, {"role": "user", "content": call.user}],
            self.cap: call.tokens_max + judge.thinking_tokens,
        }
        if self.json_by == "json_schema":
            schema = {"name": f"{call.kind}_verdict", "strict": True, "schema": dict(call.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.json_by == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body

    def plainer(self, rungs: int) -> Dialect:
        """Return the dialect that asks for JSON so many rungs less strictly, in the end in words alone."""
        rung = FORMATS.index(self.json_by) + rungs
        return replace(self, json_by=FORMATS[min(rung, len(FORMATS) - 1)])

    def after(self, complaint: str, params: Mapping[str, Any]) -> Dialect | None:
        """Return what to try once a server has refused a request with `complaint`; None where nothing is left to try.

        A complaint that names what it is about is followed; any other is taken to be about the form of the answer,
        which is what servers differ in most.
        """
        folded = complaint.casefold()
        if is_too_long(folded):
            return None
        named = {name for name in params if name.casefold() in folded and name not in self.left_out}
        if named:
            return replace(self, left_out=self.left_out | named)
        if CAPS[0] in folded and self.cap == CAPS[0]:
            return replace(self, cap=CAPS[1])
        rung = FORMATS.index(self.json_by) + 1
        return replace(self, json_by=FORMATS[rung]) if rung < len(FORMATS) else None
