"""The verdict that takes another's place: a letter for every entry, and which of them wins, if one passes at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Invalid
from drops.appeals import log_lines
from drops.models import Drop, Submission
from drops.models.statuses import Grade
from drops.models.submission import passing_grades
from drops.packs import PACKS

LETTERS = list(Grade.values)


@dataclass(frozen=True)
class Ruling:
    """By seats. `winner` is None where no entry passes; a seat that `letters` leaves out keeps its letter."""

    winner: int | None
    letters: Mapping[int, str]


@dataclass(frozen=True)
class Rule:
    """A ruling that was found to be whole: every entry in its new order, with its letter, and the one that wins."""

    winner: Submission | None
    order: list[Submission]
    letters: dict[Any, str]

    def reasons_of(self, entry: Submission) -> list[str]:
        """Return why `entry`, as it is stored, has the grade that it gets.

        What was said of whoever wins now was said of an entry behind another one.
        """
        letter = self.letters[entry.pk]
        if entry == self.winner and entry.place != 1:
            return [log_lines.put_first(letter)]
        return [*entry.reasons, *([log_lines.regraded(entry.grade, letter)] if entry.grade != letter else [])]


def rule_on(drop: Drop, ruling: Ruling) -> Rule:
    """Return what `ruling` makes of the entries of `drop`.

    Raises Invalid unless the winner takes part, passes and has the best letter; where nobody wins, no entry may pass;
    and something must change.
    """
    entries = list(drop.submissions.select_related("user", "claim").order_by("place"))
    standing = {entry.claim.seat: entry for entry in entries if entry.disqualified_at is None}
    unknown = {*ruling.letters, *([] if ruling.winner is None else [ruling.winner])} - set(standing)
    if unknown:
        seats = ", ".join(str(seat) for seat in sorted(unknown))
        raise Invalid(
            {"winner": _("No entry of this drop that takes part came from seat {seats}.").format(seats=seats)}
        )
    letters = {entry.pk: str(ruling.letters.get(entry.claim.seat, entry.grade)) for entry in entries}
    winner = None if ruling.winner is None else standing[ruling.winner]
    _require_sense(drop, winner, [letters[entry.pk] for entry in standing.values()], letters)
    order = sorted(entries, key=lambda entry: (entry != winner, LETTERS.index(letters[entry.pk]), entry.place))
    unchanged = all(entry.grade == letters[entry.pk] for entry in entries)
    if unchanged and winner is not None and winner.pk == drop.winning_submission_id:
        raise Invalid({"winner": _("This is the verdict as it stands: dismiss the appeal, or change something.")})
    return Rule(winner, order, letters)


def _require_sense(drop: Drop, winner: Submission | None, given: list[str], letters: Mapping[Any, str]) -> None:
    passing = passing_grades(PACKS[drop.pack])
    if winner is None:
        if any(letter in passing for letter in given):
            raise Invalid({"winner": _("Nobody wins only where no entry passes: lower the grades that pass first.")})
        return
    own = letters[winner.pk]
    if own not in passing:
        raise Invalid({"winner": _("The winner needs at least a {grade}.").format(grade=passing[-1])})
    if any(LETTERS.index(letter) < LETTERS.index(own) for letter in given):
        raise Invalid({"winner": _("The winner has the best grade, or shares it: change the others first.")})


def write_places(rule: Rule) -> None:
    """Give every entry its new letter and place. How far it lay behind was measured against another first."""
    for place, entry in enumerate(rule.order, start=1):
        entry.reasons = rule.reasons_of(entry)
        entry.place, entry.grade, entry.gap = place, rule.letters[entry.pk], None
    Submission.objects.bulk_update(rule.order, ["place", "grade", "reasons", "gap"])
