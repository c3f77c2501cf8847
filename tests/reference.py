"""The committed reference of the API (docs/openapi.json), as tests read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FILE = Path(__file__).parents[1] / "docs" / "openapi.json"
# What strangers may ask for, and pages of other sites too.
PUBLIC_LISTS = ("packs", "board", "board/stats", "feed", "gallery", "leaderboard")
DOCUMENT: dict[str, Any] = json.loads(FILE.read_text())


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each operation with its method and its path."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def as_the_reference_has_them(path: str, events: Sequence[tuple[str, Any, str]]) -> Sequence[tuple[str, Any, str]]:
    """Return the events of the stream at `path`, having seen that each one's data is as its schema says."""
    stream = DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]["text/event-stream"]["schema"]
    for name, data, _id in events:
        schema = {**stream["x-events"][name], "components": DOCUMENT["components"]}
        Draft202012Validator(schema).validate(data)
    return events


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what `node` refers to, or itself where it refers to nothing."""
    while "$ref" in node:
        kind, name = node["$ref"].split("/")[-2:]
        node = DOCUMENT["components"][kind][name]
    return node
