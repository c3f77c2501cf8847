"""The words of a server's completion, wherever it has them: compatible servers put the answer into several places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

# Of a content in parts, those of which the answer is none.
THOUGHTS = {"thinking", "reasoning"}
# How servers of several makers say that an answer did not end by itself: there was no room for more of it, something
# went wrong on their side, or somebody keeps it back. What there is of it may be a draft, and is no answer.
CUT_OFF = {"length", "max_tokens", "max_output_tokens", "model_length"}
GIVEN_UP = {"error", "abort", "aborted", "cancelled", "insufficient_system_resource"}
KEPT_BACK = {
    "content_filter",
    "safety",
    "recitation",
    "prohibited_content",
    "blocklist",
    "spii",
    "sensitive",
    "refusal",
}


def ending_of(choice: Any) -> str:
    """Return the word by which a server says why an answer ended; empty where it says nothing."""
    reason = getattr(choice, "finish_reason", None)
    return reason.casefold() if isinstance(reason, str) else ""


def text_of(message: Any) -> str:
    """Return what a model answered; some servers put it all where others put what it thought on the way."""
    return next((text for text in _places(message) if text.strip()), "")


def _places(message: Any) -> Iterator[str]:
    yield _as_text(getattr(message, "content", None))
    for call in [*_list(getattr(message, "tool_calls", None)), getattr(message, "function_call", None)]:
        yield _as_text(getattr(getattr(call, "function", call), "arguments", None))
    for name in ("parsed", "reasoning_content", "reasoning", "thinking"):
        yield _as_text(getattr(message, name, None))


def _as_text(value: Any) -> str:
    """Return a text as it is, parts as their texts without what was thought, and an object as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        try:
            return json.dumps(value)
        except (TypeError, ValueError):
            return ""
    parts = [_members(part) for part in _list(value)]
    texts = [part.get("text") for part in parts if part.get("type") not in THOUGHTS]
    return "".join(text for text in texts if isinstance(text, str))


def _members(part: Any) -> dict[str, Any]:
    return part if isinstance(part, dict) else dict(getattr(part, "__dict__", {}))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def count_of(value: object) -> int:
    """Return a number of tokens as a server counts them; 0 for what is none."""
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    return whole if type(whole) is int and 0 <= whole < 1 << 31 else 0


def storable(text: str) -> str:
    """`text` without what PostgreSQL can't hold: NUL, and halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
