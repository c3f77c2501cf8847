"""The committed reference of the API (docs/openapi.json), as tests read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "docs" / "openapi.json"
# What strangers may ask for, and pages of other sites too.
PUBLIC_LISTS = ("packs", "board", "board/stats", "feed", "gallery", "leaderboard")
DOCUMENT: dict[str, Any] = json.loads(FILE.read_text())


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each operation with its method and its path."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what `node` refers to, or itself where it refers to nothing."""
    while "$ref" in node:
        kind, name = node["$ref"].split("/")[-2:]
        node = DOCUMENT["components"][kind][name]
    return node
