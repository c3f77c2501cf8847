"""Contests of two whose better entry is known: what a judge has to get right before it may settle money."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Literal, TypeAlias, get_args

from drops.ranking.call_plan import CallPlan
from drops.ranking.calls import Call, CallAnswer
from drops.ranking.checks import Screening, screen_field
from drops.ranking.field import Entry, Field
from drops.ranking.grades import Letter
from drops.ranking.parsing import ListReading, Malformed, read_answer

Kind: TypeAlias = Literal["natural", "adversarial"]

FOLDER = Path(__file__).parent / "golden_pairs"
BETTER, WORSE = "better", "worse"
NATURAL_MIN, ADVERSARIAL_MIN, AGREEMENT_MIN = 0.85, 0.70, 0.80
MALFORMED_MAX = 0.05
BEHIND_BEST_MAX = 0.05
# Below this a judge that has passed before is drifting.
AGREEMENT_ALARM = 0.75


@dataclass(frozen=True, slots=True)
class GoldenPair:
    """One contest. `trick` names what an adversarial pair tempts a judge with; `why` says why `better` is better."""

    pack_id: str
    name: str
    kind: Kind
    prompt: str
    better: str
    worse: str
    why: str
    trick: str = ""

    @property
    def label(self) -> str:
        """The pair among all pairs."""
        return f"{self.pack_id}: {self.name}"


@cache
def golden_pairs() -> tuple[GoldenPair, ...]:
    """All pairs, pack by pack. Raises ValueError for a file that is not made as it must be."""
    return tuple(pair for file in sorted(FOLDER.glob("*.toml")) for pair in _read(file))


def _read(file: Path) -> Iterable[GoldenPair]:
    for row in tomllib.loads(file.read_text(encoding="utf-8"))["pair"]:
        if row["kind"] not in get_args(Kind) or ("trick" in row) != (row["kind"] == "adversarial"):
            raise ValueError(f"The pair {row['name']} is natural, or adversarial with a trick.")
        yield GoldenPair(pack_id=file.stem, **row)


@dataclass(frozen=True)
class Trial:
    """`pair` before one judge: a call that shows it in one order, and one for the reverse."""

    pair: GoldenPair
    screening: Screening
    calls: tuple[Call, ...]

    @classmethod
    def of(cls, pair: GoldenPair, *, rubric_version: str, seed: str) -> Trial:
        """`seed` draws names, fences and which order comes first. Raises ValueError without such a rubric."""
        entries = (Entry(BETTER, "Seat 1", 0, pair.better), Entry(WORSE, "Seat 2", 1, pair.worse))
        field = Field(pair.prompt, pair.pack_id, rubric_version, f"{seed}/{pair.label}", Letter.D, entries)
        screening = screen_field(field)
        return cls(pair, screening, CallPlan(field, 1, screening).round_one)

    def mark(self, answers: Mapping[str, CallAnswer]) -> Mark:
        """Return what `answers`, by the calls' keys, say of the pair."""
        return Mark(self.pair, tuple(self._verdict(call, answers[call.key]) for call in self.calls))

    def _verdict(self, call: Call, answer: CallAnswer) -> OrderResult:
        shown_first = call.slots[0] == BETTER
        try:
            reading = read_answer(call, answer.text, self.screening) if answer.text is not None else None
        except Malformed:
            reading = None
        if not isinstance(reading, ListReading):
            return OrderResult(shown_first, None)
        tied = len(reading.groups) == 1
        return OrderResult(shown_first, 0.5 if tied else float(reading.groups[0] == (BETTER,)))


@dataclass(frozen=True, slots=True)
class OrderResult:
    """One order of a pair: whether the better entry was `shown_first`, and how far it was preferred.

    `right` is 1 for the better entry, 0 for the worse, ½ for a tie, None where no answer could be read.
    """

    shown_first: bool
    right: float | None

    @property
    def first_wins(self) -> float | None:
        """How far the entry that was shown first was preferred."""
        return self.right if self.right is None or self.shown_first else 1 - self.right


@dataclass(frozen=True, slots=True)
class Mark:
    """A pair as a judge saw it, in both orders."""

    pair: GoldenPair
    verdicts: tuple[OrderResult, ...]

    @property
    def read(self) -> list[float]:
        """Return what could be read."""
        return [one.right for one in self.verdicts if one.right is not None]


@dataclass(frozen=True, slots=True)
class Figures:
    """How a judge did, as shares from 0 to 1.

    `natural` and `adversarial` are the right verdicts of those that could be read, `accuracy` the same over all pairs;
    `agreement` is how often both orders of a pair got the same verdict; `malformed` the calls without a verdict that
    could be read. `first_wins` and `longer_wins` are how often what stood first, or was longer, was preferred: ½ each
    for a judge that does not mind places; lengths are not balanced, the right answer would give `longer_right`.
    """

    natural: float
    adversarial: float
    accuracy: float
    agreement: float
    malformed: float
    first_wins: float
    longer_wins: float
    longer_right: float

    def to_json(self) -> dict[str, float]:
        """A plain dict, rounded as it is shown."""
        return {name: round(value, 4) for name, value in asdict(self).items()}

    def shortfalls(self, best_accuracy: float) -> tuple[str, ...]:
        """Why this is not enough to settle money beside a judge of `best_accuracy`, as sentences; nothing if it is."""
        faults = []
        for value, least, what in (
            (self.natural, NATURAL_MIN, "plain pairs"),
            (self.adversarial, ADVERSARIAL_MIN, "tricky pairs"),
        ):
            if value < least:
                faults.append(f"Right on {value:.0%} of {what}; {least:.0%} are needed.")
        if self.agreement < AGREEMENT_MIN:
            faults.append(f"The same verdict in both orders for {self.agreement:.0%}; {AGREEMENT_MIN:.0%} are needed.")
        if self.malformed > MALFORMED_MAX:
            faults.append(f"{self.malformed:.0%} of the answers could not be read; {MALFORMED_MAX:.0%} are allowed.")
        if best_accuracy - self.accuracy > BEHIND_BEST_MAX:
            behind = (best_accuracy - self.accuracy) * 100
            faults.append(f"{behind:.0f} points behind the best judge; {BEHIND_BEST_MAX * 100:.0f} are allowed.")
        return tuple(faults)


def add_up(marks: Sequence[Mark]) -> Figures:
    """The figures of one judge over `marks`. Nothing read is nothing right."""
    verdicts = [one for mark in marks for one in mark.verdicts]
    both = [mark.read for mark in marks if len(mark.read) == len(mark.verdicts)]
    return Figures(
        natural=_mean(right for mark in marks if mark.pair.kind == "natural" for right in mark.read),
        adversarial=_mean(right for mark in marks if mark.pair.kind == "adversarial" for right in mark.read),
        accuracy=_mean(right for mark in marks for right in mark.read),
        agreement=_mean(float(len(set(read)) == 1) for read in both),
        malformed=_mean(float(one.right is None) for one in verdicts),
        first_wins=_mean(one.first_wins for one in verdicts if one.first_wins is not None),
        longer_wins=_mean(right if _is_longer(mark.pair) else 1 - right for mark in marks for right in mark.read),
        longer_right=_mean(float(_is_longer(mark.pair)) for mark in marks),
    )


def _is_longer(pair: GoldenPair) -> bool:
    return len(pair.better) > len(pair.worse)


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return fmean(known) if known else 0.0
