"""Reading `Retry-After`, by which a server says when it wants to be asked again."""

from __future__ import annotations

import re

from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

# Nobody waits longer because a header says so.
SECONDS_MAX = 6 * 3_600
# HTTP knows whole seconds; some servers send parts of them too. Python's own numbers are many more.
SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?")


def seconds_asked(header: str | None) -> float | None:
    """Return the seconds of a `Retry-After`, which may also be a date; None where there is none, or no sense in it."""
    asked = (header or "").strip(" \t")
    # Whoever stands between may have added one: two headers are joined by a comma.
    each = [part.strip(" \t") for part in asked.split(",")]
    if all(map(SECONDS.fullmatch, each)):
        return min(max(map(float, each)), SECONDS_MAX)
    if not asked.isascii() or not asked[:1].isalpha():
        return None
    try:
        return min(Retry().parse_retry_after(asked), SECONDS_MAX)
    except (InvalidHeader, ValueError, OverflowError):
        return None
