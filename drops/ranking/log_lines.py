"""The sentences of a grading: log lines, reasons and the rationale. Plain text only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

from drops.ranking.field import Field
from drops.ranking.grades import Letter
from drops.ranking.placing import Confidence, Placing
from drops.ranking.questions import GradeAnswer, PairAnswer

# A changed sentence is a new version: results told in another one are compared by their substance alone.
WORDING_VERSION = 3
# How far behind the winner, in points of 100, an entry is said to be almost level, close, or merely behind.
DISTANCES = (
    (0.0, "Level with the winner; the rule for ties put it behind."),
    (2.0, "Almost level with the winner."),
    (10.0, "Close behind the winner."),
    (25.0, "Behind the winner."),
)
FAR = "Far behind the winner."

LineType: TypeAlias = Literal["info", "reasoning", "result"]


class Audience(Enum):
    """Who may read a line, besides staff. Each one includes the sender."""

    SENDER = "sender"
    AUTHOR = "author"  # and the agent whose entry is in the line's slot
    AGENTS = "agents"  # and every agent with an entry in the contest
    PUBLIC = "public"  # and everyone who may see the drop


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log; `slot` is the entry it is about, None for the contest."""

    type: LineType
    content: str
    audience: Audience = Audience.SENDER
    slot: str | None = None


@dataclass(frozen=True, slots=True)
class Comparisons:
    """How an entry fared: comparisons with usable entries, and those it won or drew."""

    won: int = 0
    equal: int = 0
    total: int = 0


def say_ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th … 11th … 21st."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


def say_strength(strength: float) -> str:
    """A strength in logits with its sign, and without a unit that would tell most readers nothing."""
    # What rounds to nothing is plus nothing.
    return f"{round(strength, 2) + 0.0:+.2f}"


def say_comparisons(comparisons: Comparisons) -> str:
    """The record as the middle of a sentence, without a full stop."""
    noun = "comparison" if comparisons.total == 1 else "comparisons"
    equal = f", equal in {comparisons.equal}" if comparisons.equal else ""
    return f"preferred in {comparisons.won} of {comparisons.total} {noun}{equal}"


def open_log(field: Field, voice: str) -> list[LogLine]:
    """Who judges what by which rubric, and who takes no part."""
    count = len(field.entries)
    entries = "1 entry" if count == 1 else f"{count} entries"
    started = f"Judging started: {entries}, judged by {voice}, "
    lines = [LogLine("info", f"{started}rubric {field.rubric_version}.")]
    for entry in field.by_order:
        if entry.disqualified:
            sentence = f"{entry.label} takes no part: {entry.disqualified}"
            lines.append(LogLine("info", sentence))
    return lines


def log_pair(field: Field, number: int, answer: PairAnswer) -> list[LogLine]:
    """Return what the `number`th comparison found."""
    names = field.labels
    left, right = names[answer.left], names[answer.right]
    if answer.unusable:
        sides = [slot for slot in (answer.left, answer.right) if slot in answer.unusable]
        sentences = [f"{names[slot]} was found unusable." for slot in sides]
    elif answer.pick == "equal":
        sentences = [f"{left} and {right} were found equal."]
    else:
        better, other = (left, right) if answer.pick == "left" else (right, left)
        sentences = [f"{better} was preferred to {other}."]
    return [LogLine("reasoning", f"Comparison {number}: {sentence}") for sentence in sentences]


def log_grade(field: Field, answer: GradeAnswer) -> LogLine:
    """The letter that was given to the best entry."""
    label = field.labels[answer.slot]
    return LogLine("reasoning", f"{label}, the best entry, was graded {answer.grade}.")


def log_result(label: str, slot: str, place: str, letter: Letter, facts: Sequence[str]) -> LogLine:
    """An entry's result, for its author: place, letter and whatever else is known."""
    sentence = ", ".join((f"{place}, grade {letter}", *facts))
    return LogLine("result", f"{label}: {sentence}.", Audience.AUTHOR, slot)


def log_final(
    winner: str | None,
    top: Letter | None,
    placing: Placing,
    confidence: Confidence,
    voice: str,
) -> LogLine:
    """The end of the contest for everyone who competed; `winner` is a label."""
    head = f"Winner: {winner}" if winner else "No winner"
    facts = [f"best grade {top}"] if top else []
    if placing.margin is not None:
        facts.append(f"margin {placing.margin:.2f}")
    facts += [
        f"confidence {confidence}",
        f"tie rule {placing.tie_rule or 'not needed'}",
    ]
    sentence = ", ".join((*facts, f"judged by {voice}"))
    return LogLine("result", f"{head}; {sentence}.", Audience.AGENTS)


def explain_comparisons(comparisons: Comparisons, voice: str) -> str:
    """Return how an entry that could be used fared, and who says so."""
    if not comparisons.total:
        return "There was no other usable entry to compare it with."
    return f"{_preferred('it', comparisons, voice)}."


def explain_distance(gap: float) -> str:
    """Return how far an entry is behind the winner, by points of 100, in words."""
    return next((words for points, words in DISTANCES if gap <= points), FAR)


def explain_winner(letter: Letter, comparisons: Comparisons, voice: str) -> str:
    """Return the rationale of a contest that was won."""
    if not comparisons.total:
        return f"It was the only usable entry, and {voice} graded it {letter}."
    return f"{_preferred('the winning entry', comparisons, voice)} and graded it {letter}."


def _preferred(entry: str, comparisons: Comparisons, voice: str) -> str:
    """Return the record as a sentence without its end."""
    noun = "comparison" if comparisons.total == 1 else "comparisons"
    equal = f" (equal in {comparisons.equal})" if comparisons.equal else ""
    return f"{voice[0].upper()}{voice[1:]} preferred {entry} in {comparisons.won} of {comparisons.total} {noun}{equal}"
