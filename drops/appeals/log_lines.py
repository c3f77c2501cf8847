"""The lines that appeals leave in the log of a judging and among an entry's reasons, in the log's language."""

from __future__ import annotations

from core.text import apart

APPEALED = "The verdict was appealed. The prize stays held until our moderators have answered."
DISMISSED = "An appeal was dismissed: the verdict stands."
NOBODY_WINS = "An appeal was upheld: no entry passes, so the sender has the money back."


def wins(seat: int, grade: str) -> str:
    return f"An appeal was upheld: Seat {seat} wins, graded {grade}."


def why(verdict: str) -> str:
    return f"Our moderators wrote: {apart(verdict)}"


def put_first(grade: str) -> str:
    return f"After an appeal our moderators put it first, graded {grade}."


def regraded(before: str | None, after: str) -> str:
    return f"After an appeal our moderators changed the grade: {before} to {after}."
