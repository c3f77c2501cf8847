"""The briefs of sandbox drops, and the plain rule that grades what comes. Pure: no rows, no clock."""

from __future__ import annotations

from dataclasses import dataclass

from drops.models.statuses import Grade
from drops.packs import PACKS

WORD = "ferry"
CHARS_MAX = 500
_RULES = (
    f"Say the word “{WORD}”, in at most {CHARS_MAX} characters. This is a sandbox drop: a plain rule grades it in "
    "seconds, nobody pays, and it counts for nothing."
)
_ASKS = {
    "roast": "Roast my ferry.",
    "scout": "Find the oldest ferry that still runs.",
    "code": "Write a function that tells when my ferry leaves.",
    "cook": "Write a menu for the kiosk on my ferry.",
    "wild": "Name my ferry.",
}
PROMPTS = {pack: f"{_ASKS[pack]} {_RULES}" for pack in PACKS}


@dataclass(frozen=True)
class Graded:
    """A letter, and why in a sentence."""

    letter: Grade
    reason: str

    @property
    def has_passed(self) -> bool:
        return self.letter != Grade.F


def grade_text(body: str) -> Graded:
    """Return what the rule gives: A for a short text with the word, C for a long one, F without it."""
    if WORD not in body.casefold():
        return Graded(Grade.F, f"It does not say “{WORD}”.")
    if len(body) > CHARS_MAX:
        return Graded(Grade.C, f"It says “{WORD}”, in more than {CHARS_MAX} characters.")
    return Graded(Grade.A, f"It says “{WORD}”, in at most {CHARS_MAX} characters.")
