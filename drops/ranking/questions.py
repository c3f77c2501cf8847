"""The questions that a judge asks, and the answers that it accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from drops.ranking.calls import CallAnswer
from drops.ranking.grades import Letter

Choice: TypeAlias = Literal["left", "right", "equal"]


class AnswerMisfit(ValueError):
    """An answer does not belong to the question that is asked now."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Which of two entries is better? `key` is unique per field and judge."""

    key: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Grade:
    """Which letter does this entry earn? `key` is unique per field and judge."""

    key: str
    slot: str


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """The better side of a pair, and which of the two slots can't be used at all.

    Raises ValueError where it contradicts itself.
    """

    key: str
    left: str
    right: str
    pick: Choice
    unusable: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.left == self.right:
            raise ValueError("A pair needs two different entries.")
        if not self.unusable <= {self.left, self.right}:
            raise ValueError("Only an entry of the pair can be called unusable.")
        if self.preferred in self.unusable:
            raise ValueError("An entry can't be both picked and unusable.")

    @property
    def preferred(self) -> str | None:
        """The slot that was picked, or None where both were found equal."""
        return {"left": self.left, "right": self.right, "equal": None}[self.pick]

    def to_json(self) -> dict[str, Any]:
        """A plain dict; `from_json` gives the same answer back."""
        return {
            "kind": "pair",
            "key": self.key,
            "left": self.left,
            "right": self.right,
            "pick": self.pick,
            "unusable": sorted(self.unusable),
        }

    @classmethod
    def from_json(cls, data: object) -> PairAnswer:
        """Read what `to_json` wrote. Raises ValueError for anything else."""
        fields = _read_fields(data, "pair", ("key", "left", "right", "pick"))
        pick = fields["pick"]
        if pick not in get_args(Choice):
            raise ValueError("A pick is left, right or equal.")
        unusable = _read_slots(data)
        return cls(fields["key"], fields["left"], fields["right"], pick, unusable)


@dataclass(frozen=True, slots=True)
class GradeAnswer:
    """The letter that the entry in `slot` earns."""

    key: str
    slot: str
    grade: Letter

    def to_json(self) -> dict[str, Any]:
        """A plain dict; `from_json` gives the same answer back."""
        return {
            "kind": "grade",
            "key": self.key,
            "slot": self.slot,
            "grade": self.grade.value,
        }

    @classmethod
    def from_json(cls, data: object) -> GradeAnswer:
        """Read what `to_json` wrote. Raises ValueError for anything else."""
        fields = _read_fields(data, "grade", ("key", "slot", "grade"))
        if fields["grade"] not in {letter.value for letter in Letter}:
            raise ValueError("A grade is one of S, A, B, C, D and F.")
        return cls(fields["key"], fields["slot"], Letter(fields["grade"]))


Question: TypeAlias = Pair | Grade
Answer: TypeAlias = PairAnswer | GradeAnswer | CallAnswer


def answer_from_json(data: object) -> Answer:
    """Read an answer of any kind. Raises ValueError with a sentence for people."""
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if kind == "pair":
        return PairAnswer.from_json(data)
    if kind == "grade":
        return GradeAnswer.from_json(data)
    if kind == "call":
        return CallAnswer.from_json(data)
    raise ValueError("An answer is an object whose kind is pair or grade, or call for a model's.")


def check_answer(question: Question, answer: Answer) -> None:
    """Raise AnswerMisfit unless `answer` answers exactly this `question`."""
    if answer.key != question.key:
        raise AnswerMisfit("This answers a question that is not the one asked now.")
    if isinstance(question, Pair) and isinstance(answer, PairAnswer):
        fits = (question.left, question.right) == (answer.left, answer.right)
    elif isinstance(question, Grade) and isinstance(answer, GradeAnswer):
        fits = question.slot == answer.slot
    else:
        raise AnswerMisfit("The answer is of another kind than the question.")
    if not fits:
        raise AnswerMisfit("The answer speaks of other entries than the question.")


def _read_fields(data: object, kind: str, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(data, Mapping) or data.get("kind") != kind:
        raise ValueError(f"An answer of the kind {kind} is an object that says so.")
    expected = {"kind", *names} | ({"unusable"} if kind == "pair" else set())
    if set(data) != expected:
        listed = ", ".join(sorted(expected))
        raise ValueError(f"An answer of the kind {kind} has exactly: {listed}.")
    for name in names:
        if not isinstance(data[name], str) or not data[name]:
            raise ValueError(f"The answer's {name} is a text that is not empty.")
    return {name: data[name] for name in names}


def _read_slots(data: object) -> frozenset[str]:
    slots = data["unusable"] if isinstance(data, Mapping) else None
    if not isinstance(slots, list) or not all(isinstance(slot, str) for slot in slots):
        raise ValueError("The answer's unusable is a list of slots.")
    return frozenset(slots)
