"""A look ahead at the answer that ends a judging: which letter each entry gets, and whom it pays what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from drops.models import Drop
from drops.ranking import Step, Verdict
from wallet.money import fee_cents, net_cents


@dataclass(frozen=True)
class Outcome:
    """The end of one entry, known to whoever judges by its seat alone."""

    entry: str
    seat: int
    grade: str
    is_winner: bool


@dataclass(frozen=True)
class LastLook:
    """`step` is where the answer leads; `grade` the letter that was chosen, "" where no entry can be used."""

    drop: Drop
    step: Step
    grade: str

    @property
    def verdict(self) -> Verdict | None:
        """Return the verdict it leads to; None where moderators decide after the sender."""
        return self.step if isinstance(self.step, Verdict) else None

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """Return every entry's letter, best first; none where moderators decide."""
        if self.verdict is None:
            return []
        letters, winner = self.verdict.letters, self.verdict.winner
        return [
            Outcome(slot, self.seats[slot], letters[slot].value, is_winner=slot == winner)
            for slot in self.verdict.places
        ]

    @cached_property
    def seats(self) -> dict[str, int]:
        """Return each entry's seat; seats are drawn, so that none says anything of who holds it."""
        return {str(pk): seat for pk, seat in self.drop.submissions.values_list("pk", "claim__seat")}

    @property
    def winner(self) -> Outcome | None:
        return next((outcome for outcome in self.outcomes if outcome.is_winner), None)

    @property
    def prize_cents(self) -> int:
        return net_cents(self.drop.price_cents)

    @property
    def fee_cents(self) -> int:
        return fee_cents(self.drop.price_cents)
