"""Reading `Retry-After`, by which a server says when it wants to be asked again."""

from __future__ import annotations

from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

# Nobody waits longer because a header says so.
SECONDS_MAX = 6 * 3_600


def seconds_asked(header: str | None) -> float | None:
    """Return the seconds of a `Retry-After`, which may also be a date; None where there is none, or no sense in it."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = Retry().parse_retry_after(header)
        except (InvalidHeader, ValueError, OverflowError):
            return None
    return min(seconds, SECONDS_MAX) if 0 <= seconds < float("inf") else None
