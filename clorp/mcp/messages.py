"""The size of a message that a program may send, in values: the protocol's library makes objects of each in the event
loop, where everybody waits meanwhile."""

from __future__ import annotations

from typing import Any

import orjson

# Far more than any tool takes; a file is one, however large.
VALUES_MAX = 2_000
# What a value of JSON begins or ends with. The longest entry has fewer, whatever it is made of.
SIGNS, SIGNS_MAX = (b",", b":", b"[", b"{"), 250_000


def is_overfull(body: bytes) -> bool:
    """Return whether a message holds more values than are read. What is no JSON holds none that could be counted."""
    signs = sum(body.count(sign) for sign in SIGNS)
    if signs <= VALUES_MAX or signs > SIGNS_MAX:
        return signs > SIGNS_MAX
    try:
        level, number = [orjson.loads(body)], 0
    except ValueError:
        return False
    while level and number <= VALUES_MAX:
        number += len(level)
        level = [inner for outer in level for inner in _within(outer)]
    return number > VALUES_MAX


def _within(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
