"""The one door to every judge, and the four things that can come out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from drops.ranking.calls import Call
from drops.ranking.field import Field
from drops.ranking.grades import Letter
from drops.ranking.log_lines import LogLine
from drops.ranking.placing import Confidence, TieRule
from drops.ranking.questions import Answer, Question

Hold: TypeAlias = Literal["too few judges", "accused winner", "unsure", "all set aside", "unseen entry"]


@dataclass(frozen=True, slots=True)
class Pending:
    """The judge waits for an answer to `question`.

    `remaining` is the most questions that can still come, this one included. `lines`
    is the log so far: with every answer it only grows at its end, so a caller that
    appends what is new keeps an append-only log.
    """

    question: Question
    remaining: int
    lines: tuple[LogLine, ...]


@dataclass(frozen=True, slots=True)
class Wave:
    """The judge waits for the answers to all of `calls`, which may be made at the same time.

    A wave of which some calls are answered comes back with the others only. `calls_max` is the most calls that can
    still come, these included. `lines` is as for Pending.
    """

    calls: tuple[Call, ...]
    calls_max: int
    lines: tuple[LogLine, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finished contest.

    `places` lists every slot, best first; slots that are out come last, earliest
    first. `letters`, `flags` and `reasons` (sentences for the slot's author) have
    a key for every slot; `strengths` (logits) only for those that could be compared.
    A slot that is out has one flag for why: "disqualified", "unusable", "quarantined",
    "empty", "refusal", "echo" or "copy"; a panel may add "accused", "similar", "hidden
    characters" and "cut", which leave an entry in. `winner` is None where the best letter is
    below the bar. `margin` is in logits, None where there is no second usable entry;
    `tie_rule` is the rule that decided the first place, None where strength did.
    `rationale` is fit for everyone: it names no entry and quotes none. `evidence` are
    the keys of the calls that had a vote.
    """

    winner: str | None
    places: tuple[str, ...]
    letters: Mapping[str, Letter]
    strengths: Mapping[str, float]
    flags: Mapping[str, tuple[str, ...]]
    reasons: Mapping[str, tuple[str, ...]]
    rationale: str
    confidence: Confidence
    margin: float | None
    tie_rule: TieRule | None
    judged_by: str
    lines: tuple[LogLine, ...]
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedsHuman:
    """This judge can't or may not decide; staff must. `lines` is the whole log.

    `reasons` are codes for programs. `proposal` is what the judge would have found, None where it could not; its log
    goes on where this one ends. `without_accused` is the same without an accused entry in the first place. `may_stand`
    says whether the proposal may be applied where staff do not come in time.
    """

    reason: str
    lines: tuple[LogLine, ...]
    reasons: tuple[Hold, ...] = ()
    proposal: Verdict | None = None
    without_accused: Verdict | None = None
    may_stand: bool = False


Step: TypeAlias = Pending | Wave | Verdict | NeedsHuman


class Judge(Protocol):
    """Whoever compares the entries of a field.

    A judge keeps nothing between calls. What it returns depends only on the field and
    on the answers given so far, in whatever order they are listed, so that a contest
    can be left at any point and taken up again from the stored answers.
    """

    @property
    def judged_by(self) -> str:
        """A short name to store beside the grade."""

    def begin(self, field: Field) -> Step:
        """The first step of a contest."""

    def resume(self, field: Field, answers: Sequence[Answer]) -> Step:
        """The step after all of `answers`, which are all that this judge was given.

        Raises AnswerMisfit where one of them answers no question of this field.
        """
