"""How we write JSON, in an answer, an event or a column."""

from __future__ import annotations

from typing import Any

import orjson

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC


def dump(data: Any) -> bytes:
    """Return `data` as JSON: times as RFC 3339 with `Z`, ids and other objects as strings."""
    return orjson.dumps(data, default=str, option=_OPTIONS)
