"""Letters: what each one is worth in points, and how points become letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import total_ordering

POINTS_MAX = 100.0

# For a panel, whose dozens of comparisons spread a field over some four logits.
PANEL_KAPPA_POINTS_PER_LOGIT = 6.0
OWN_SCORE_SHARE = 0.15
# One band a logit. People compare n entries at most n times, so a clear loss lies 0.7 to 1.3 logits behind; with
# the six points a logit that suit dozens of comparisons, every entry would get the winner's letter.
KAPPA_POINTS_PER_LOGIT = 15.0


@total_ordering
class Letter(Enum):
    """A grade, ordered by worth: `Letter.S > Letter.A > … > Letter.F`.

    `.value` and `str()` are the bare letter. `Letter("E")` raises ValueError.
    """

    S = "S"
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    F = "F"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Letter):
            return NotImplemented
        return _BEST_FIRST.index(self) > _BEST_FIRST.index(other)

    def __str__(self) -> str:
        return self.value


_BEST_FIRST = tuple(Letter)

# The fewest points that still earn the letter. F has no band: no number of points
# is low enough for it, only being unusable or disqualified is.
CUTS: Mapping[Letter, float] = {
    Letter.S: 85.0,
    Letter.A: 70.0,
    Letter.B: 55.0,
    Letter.C: 40.0,
    Letter.D: 0.0,
}


def cut_letter(points: float) -> Letter:
    """The letter that `points` earn: S to D, never F; below zero is still a D."""
    for letter, floor in CUTS.items():
        if points >= floor:
            return letter
    return Letter.D


def band_midpoint(letter: Letter) -> float:
    """The points in the middle of the letter's band. Raises ValueError for F."""
    if letter is Letter.F:
        raise ValueError("F has no band of points.")
    above = [floor for floor in CUTS.values() if floor > CUTS[letter]]
    return (CUTS[letter] + min(above, default=POINTS_MAX)) / 2


def spread_points(winner: str, letter: Letter, strengths: Mapping[str, float]) -> dict[str, float]:
    """Points for every slot in `strengths` (logits), hung from the winner's letter.

    The winner sits in the middle of its band; each other slot is moved from there by
    KAPPA_POINTS_PER_LOGIT for every logit between them. Raises ValueError for an F.
    """
    anchor, top = band_midpoint(letter), strengths[winner]
    return {slot: anchor - KAPPA_POINTS_PER_LOGIT * (top - strength) for slot, strength in strengths.items()}


def level_points(strengths: Mapping[str, float], scores: Mapping[str, float], level: float) -> dict[str, float]:
    """Points for every slot in `strengths` (logits), hung from the `level` of the whole field.

    `scores` are what each entry earned alone, in points; they move it a little from the level, comparisons move it by
    PANEL_KAPPA_POINTS_PER_LOGIT. An entry without a score counts as one at the level. So a field of nothing good can't
    be graded up by comparing it with itself.
    """
    return {
        slot: level + OWN_SCORE_SHARE * (scores.get(slot, level) - level) + PANEL_KAPPA_POINTS_PER_LOGIT * strength
        for slot, strength in strengths.items()
    }


def letters_by_place(places: Sequence[str], points: Mapping[str, float]) -> dict[str, Letter]:
    """Letters for `places` (slots, best first); a slot without points gets F.

    A tie rule can place a slot above one with more points, so each letter is held
    down to the one before it: letters never rise as rank falls.
    """
    letters: dict[str, Letter] = {}
    ceiling = Letter.S
    for slot in places:
        earned = cut_letter(points[slot]) if slot in points else Letter.F
        ceiling = min(ceiling, earned)
        letters[slot] = ceiling
    return letters
