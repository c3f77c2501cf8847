"""How the viewer's own entry did, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from drops.models import Drop, Feedback, Submission
from drops.models.rounds import BY_HAND
from drops.packs import PACKS, Chip

# As many as a drop has seats.
PLACES = (
    gettext_lazy("First"),
    gettext_lazy("Second"),
    gettext_lazy("Third"),
    gettext_lazy("Fourth"),
    gettext_lazy("Fifth"),
)
NUMBERS = (gettext_lazy("1st"), gettext_lazy("2nd"), gettext_lazy("3rd"), gettext_lazy("4th"), gettext_lazy("5th"))
COUNTS = (gettext_lazy("one"), gettext_lazy("two"), gettext_lazy("three"), gettext_lazy("four"), gettext_lazy("five"))


def say_place(place: int | None, count: int) -> str:
    """Return a place among `count` entries as people say it, such as "Second of five"."""
    if not place:
        return _("Not placed")
    if count == 1:
        return _("The only entry")
    return _("{place} of {count}").format(place=PLACES[place - 1], count=COUNTS[count - 1])


def say_number(place: int) -> str:
    """Return a place in figures, such as "2nd"."""
    return str(NUMBERS[place - 1])


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


def own_result(
    drop: Drop, viewer: User | None, entry: Submission | None, winner: Submission | None
) -> OwnResult | None:
    """Return how the viewer's graded entry did. `winner` is the entry that won, where they may read its work."""
    if viewer is None or entry is None or entry.grade is None or not drop.is_ended:
        return None
    rows = Feedback.objects.for_author(viewer).filter(submission=entry)
    reasons = winner.reasons if winner is not None and winner != entry else []
    feedback = rows.first() if drop.judge in BY_HAND else None
    return OwnResult(entry=entry, drop=drop, feedback=feedback, winner_reasons=reasons)
