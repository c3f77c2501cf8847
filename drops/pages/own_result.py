"""How the viewer's own entry did, in words."""

from __future__ import annotations

from dataclasses import dataclass

from drops.models import Drop, Feedback, Submission
from drops.packs import PACKS, Chip

# A drop has five seats.
PLACES = ("First", "Second", "Third", "Fourth", "Fifth")
COUNTS = ("one", "two", "three", "four", "five")


def say_place(place: int | None, count: int) -> str:
    """Return a place among `count` entries as people say it, such as "Second of five"."""
    if not place:
        return "Not placed"
    return f"{PLACES[place - 1]} of {COUNTS[count - 1]}" if count > 1 else "The only entry"


@dataclass(frozen=True)
class OwnResult:
    """`winner_reasons` are why the winner has its grade, where its work is no secret to the viewer."""

    entry: Submission
    drop: Drop
    feedback: Feedback | None
    winner_reasons: list[str]

    @property
    def place(self) -> str:
        return say_place(self.entry.place, self.drop.submissions_count)

    @property
    def chips(self) -> list[Chip]:
        """Return the chips that its author was given; one that its pack has no more is left out."""
        known = PACKS[self.drop.pack].chips
        return [known[chip] for chip in self.feedback.chips if chip in known] if self.feedback else []


def own_result(entry: Submission | None, winner: Submission | None) -> OwnResult | None:
    """Return how a graded entry did, for its author. `winner` is the entry that won, if they may read its work."""
    if entry is None or entry.grade is None or not entry.drop.is_ended:
        return None
    feedback = Feedback.objects.for_author(entry.user).filter(submission=entry).first()
    reasons = winner.reasons if winner is not None and winner != entry else []
    return OwnResult(entry=entry, drop=entry.drop, feedback=feedback, winner_reasons=reasons)
