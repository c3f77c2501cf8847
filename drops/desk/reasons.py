"""Why something stands in the audit though nobody typed a reason."""

from __future__ import annotations

TAKEN, GIVEN_BACK = "Taken to work on.", "Given back to the queue."


def to_decide(case_id: int) -> str:
    """Return why an entry is read from the page of a case."""
    return f"For case {case_id}."
