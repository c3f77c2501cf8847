"""From a ranked field and its points to a verdict: places, letters, reasons and the end of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from drops.ranking import log_lines
from drops.ranking.field import Field
from drops.ranking.grades import Letter, letters_by_place
from drops.ranking.judge import Verdict
from drops.ranking.log_lines import Audience, Comparisons, LogLine
from drops.ranking.placing import Confidence, Placing, gaps_behind_first
from drops.ranking.text import apart


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why an entry is out: a flag for programs and a sentence for its author."""

    flag: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Remarks:
    """A judge's remarks beyond places and letters; all of it plain text, safe for whom it is meant.

    `reasons` and `facts` (parts of a result line) are by slot and for the slot's author; `flags` too. `rationale` is
    for everyone and names no entry.
    """

    reasons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rationale: str = ""


@dataclass(frozen=True)
class Grading:
    """The grades that follow from the places of the usable entries of a field and from their points.

    A slot without points gets F. `out` are the entries that were not compared. `voice` names the judge in a sentence,
    as in "judged by …"; `kappa` is how many points a logit is worth to it.
    """

    field: Field
    placing: Placing
    points: Mapping[str, float]
    out: Mapping[str, Exclusion]
    comparisons: Mapping[str, Comparisons]
    confidence: Confidence
    voice: str
    kappa: float
    remarks: Remarks = Remarks()

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every slot, best first, those that are out at the end."""
        ranked = self.placing.places
        out = [e.slot for e in self.field.by_order if e.slot not in ranked]
        return (*ranked, *out)

    @cached_property
    def letters(self) -> dict[str, Letter]:
        """Every slot's letter."""
        return letters_by_place(self.places, self.points)

    @cached_property
    def top(self) -> Letter | None:
        """The letter of the first place, None where no entry was left to grade."""
        return self.letters[self.places[0]] if self.placing.places else None

    @cached_property
    def winner(self) -> str | None:
        """The first place, if its letter reaches the bar."""
        passes = self.top is not None and self.top >= self.field.passing_letter
        return self.places[0] if passes else None

    @cached_property
    def flags(self) -> dict[str, tuple[str, ...]]:
        """Why a slot is out, and what else was noted of it."""
        flags: dict[str, tuple[str, ...]] = {}
        for entry in self.field.by_order:
            out = (self.out[entry.slot].flag,) if entry.slot in self.out else ()
            flags[entry.slot] = (*out, *self.remarks.flags.get(entry.slot, ()))
        return flags

    def place(self, slot: str) -> str:
        """The slot's place, such as "2nd of 5"."""
        number = self.places.index(slot) + 1
        return f"{log_lines.say_ordinal(number)} of {len(self.places)}"

    def reasons(self, slot: str) -> tuple[str, ...]:
        """Why the slot has its letter, in sentences for its author; letter and place stand beside them."""
        remarks = self.remarks.reasons.get(slot, ())
        if slot in self.out:
            return self.out[slot].sentence, *remarks
        how = log_lines.explain_comparisons(self.comparisons[slot], self.voice)
        return how, *self._compare_to_top(slot), *remarks

    def _compare_to_top(self, slot: str) -> tuple[str, ...]:
        if self.winner is None:
            return (f"Nothing reached the bar of {self.field.passing_letter}.",)
        if slot == self.winner:
            return ()
        gap = self.kappa * gaps_behind_first(self.places, self.placing.strengths)[slot]
        return (log_lines.explain_distance(gap),)

    @property
    def rationale(self) -> str:
        """Why the contest ended as it did, for everyone."""
        if self.winner is not None and self.top is not None:
            how = log_lines.explain_winner(self.top, self.comparisons[self.winner], self.voice)
            return f"{how} {apart(self.remarks.rationale)}".rstrip()
        if self.top is None:
            return "There was no entry that could be graded."
        bar = self.field.passing_letter
        return f"The best entry was graded {self.top} by {self.voice}; the bar is {bar}."

    def close_log(self) -> list[LogLine]:
        """The result lines: one an entry, one for the agents, one for everyone."""
        names, ranked = self.field.labels, self.placing.strengths
        closing = []
        for slot in self.places:
            facts = [f"flag {flag}" for flag in self.flags[slot]]
            if slot in ranked:
                comparisons = log_lines.say_comparisons(self.comparisons[slot])
                facts = [f"strength {log_lines.say_strength(ranked[slot])}", comparisons, *facts]
            facts += self.remarks.facts.get(slot, ())
            closing.append(log_lines.log_result(names[slot], slot, self.place(slot), self.letters[slot], facts))
        name = names[self.winner] if self.winner is not None else None
        closing.append(log_lines.log_final(name, self.top, self.placing, self.confidence, self.voice))
        head = f"Grade {self.top}." if self.winner is not None else "No passing entry."
        return [*closing, LogLine("result", " ".join((head, self.rationale)), Audience.PUBLIC)]

    def conclude(self, judged_by: str, log: list[LogLine], evidence: tuple[str, ...] = ()) -> Verdict:
        """The verdict, whose lines are `log` and the result lines after it; `evidence` as in Verdict."""
        return Verdict(
            winner=self.winner,
            places=self.places,
            letters=self.letters,
            strengths=self.placing.strengths,
            flags=self.flags,
            reasons={slot: self.reasons(slot) for slot in self.places},
            rationale=self.rationale,
            confidence=self.confidence,
            margin=self.placing.margin,
            tie_rule=self.placing.tie_rule,
            judged_by=judged_by,
            lines=(*log, *self.close_log()),
            evidence=evidence,
        )


def excluded(field: Field) -> dict[str, Exclusion]:
    """The entries of `field` that were disqualified."""
    return {
        entry.slot: Exclusion("disqualified", f"Disqualified: {entry.disqualified}")
        for entry in field.by_order
        if entry.disqualified
    }
