"""From a finished bout and the best entry's letter to an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from drops.ranking import lines
from drops.ranking.field import Field
from drops.ranking.judge import Outcome
from drops.ranking.knockout import Bout
from drops.ranking.letters import (
    KAPPA_POINTS_PER_LOGIT,
    Letter,
    letters_by_place,
    spread_points,
)
from drops.ranking.lines import Audience, LogLine, Record
from drops.ranking.standing import Confidence, Standing, gaps_behind_first, rank_slots, rate_confidence


@dataclass(frozen=True)
class Verdict:
    """What follows from a field, its bout and `top`, the letter of the first place.

    `top` is None where no entry was left to grade. `voice` names the judge in a
    sentence, as in "judged by …".
    """

    field: Field
    bout: Bout
    top: Letter | None
    voice: str

    @cached_property
    def standing(self) -> Standing:
        """The ranking of the usable entries."""
        return rank_slots(self.bout.usable, self.bout.won)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every slot, best first, those that are out at the end."""
        ranked = self.standing.places
        out = [e.slot for e in self.field.by_order if e.slot not in ranked]
        return (*ranked, *out)

    @cached_property
    def letters(self) -> dict[str, Letter]:
        """Every slot's letter; F for all where not even the best is worth more."""
        if self.top is None or self.top is Letter.F:
            return dict.fromkeys(self.places, Letter.F)
        points = spread_points(self.places[0], self.top, self.standing.strengths)
        return letters_by_place(self.places, points)

    @cached_property
    def winner(self) -> str | None:
        """The first place, if its letter reaches the bar."""
        passes = self.top is not None and self.top >= self.field.passing_letter
        return self.places[0] if passes else None

    @cached_property
    def flags(self) -> dict[str, tuple[str, ...]]:
        """Why a slot is out, or nothing."""
        flags: dict[str, tuple[str, ...]] = {}
        for entry in self.field.by_order:
            unusable = ("unusable",) if entry.slot in self.bout.unusable else ()
            flags[entry.slot] = ("disqualified",) if entry.disqualified else unusable
        return flags

    @cached_property
    def confidence(self) -> Confidence:
        """How far to trust the first place."""
        best = self.record(self.places[0]) if self.places else Record()
        return rate_confidence(self.standing, best.won, best.total)

    def record(self, slot: str) -> Record:
        """The comparisons with usable entries that the slot took part in."""
        met = [p for p in self.bout.counted if slot in (p.left, p.right)]
        won = sum(p.preferred == slot for p in met)
        return Record(won, sum(p.pick == "equal" for p in met), len(met))

    def place(self, slot: str) -> str:
        """The slot's place, such as "2nd of 5"."""
        number = self.places.index(slot) + 1
        return f"{lines.say_ordinal(number)} of {len(self.places)}"

    def reasons(self, slot: str) -> tuple[str, ...]:
        """Why the slot has its letter, in sentences for its author."""
        head = f"{self.letters[slot]}. {self.place(slot)}."
        if "disqualified" in self.flags[slot]:
            entry = next(e for e in self.field.entries if e.slot == slot)
            return head, f"Disqualified: {entry.disqualified}"
        if "unusable" in self.flags[slot]:
            return head, f"Found unusable by {self.voice}."
        how = lines.explain_record(self.record(slot), self.confidence, self.voice)
        return head, how, *self._compare_to_top(slot)

    def _compare_to_top(self, slot: str) -> tuple[str, ...]:
        if self.winner is None:
            return (f"Nothing reached the bar of {self.field.passing_letter}.",)
        if slot == self.winner:
            return ()
        gap = KAPPA_POINTS_PER_LOGIT * gaps_behind_first(self.places, self.standing.strengths)[slot]
        behind = f"{gap:.1f} points behind" if gap > 0 else "Level with"
        return (f"{behind} the winner.",)

    @property
    def rationale(self) -> str:
        """Why the contest ended as it did, in a sentence for everyone."""
        if self.winner is not None and self.top is not None:
            return lines.explain_winner(self.top, self.record(self.winner), self.voice)
        if self.top is None:
            return "There was no entry that could be graded."
        bar = self.field.passing_letter
        return f"The best entry was graded {self.top} by {self.voice}; the bar is {bar}."

    def close_log(self) -> list[LogLine]:
        """The result lines: one an entry, one for the agents, one for everyone."""
        names, ranked = self.field.labels, self.standing.strengths
        closing = []
        for slot in self.places:
            facts = [f"flag {flag}" for flag in self.flags[slot]]
            if slot in ranked:
                record = lines.say_record(self.record(slot))
                facts = [f"strength {lines.say_logits(ranked[slot])}", record]
            closing.append(lines.log_result(names[slot], slot, self.place(slot), self.letters[slot], facts))
        name = names[self.winner] if self.winner is not None else None
        closing.append(lines.log_final(name, self.top, self.standing, self.confidence, self.voice))
        head = f"Grade {self.top}." if self.winner is not None else "No passing entry."
        said = f"{head} {self.rationale}"
        return [*closing, LogLine("result", said, Audience.PUBLIC)]

    def conclude(self, judged_by: str, log: list[LogLine]) -> Outcome:
        """The outcome, whose lines are `log` and the result lines after it."""
        return Outcome(
            winner=self.winner,
            places=self.places,
            letters=self.letters,
            strengths=self.standing.strengths,
            flags=self.flags,
            reasons={slot: self.reasons(slot) for slot in self.places},
            rationale=self.rationale,
            confidence=self.confidence,
            margin=self.standing.margin,
            tie_rule=self.standing.tie_rule,
            judged_by=judged_by,
            lines=(*log, *self.close_log()),
        )
