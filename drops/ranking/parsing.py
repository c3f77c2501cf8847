"""Reading what a model answered: leniently as to form, strictly as to content."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from drops.ranking.calls import Call
from drops.ranking.checks import Screening
from drops.ranking.folding import fold_text
from drops.ranking.prompts import escape
from drops.ranking.rules import Rules
from drops.ranking.text import line_of
from drops.ranking.waymarks import without_marks

ANSWER_CHARS_MAX = 60_000
SAID_CHARS_MAX = 400
REASONING_CHARS_MAX = 1_200
# A shorter quote is found in any text, so it proves nothing.
QUOTE_CHARS_MIN = 6
# A model that opens more braces than this is not answering.
OBJECTS_TRIED_MAX = 64

# A comma before a closing bracket, or a string, in which a comma stays.
_STRING_OR_TRAILING_COMMA = re.compile(r'("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])')
_SPACES = re.compile(r"\s+")
_NO_LETTERS = re.compile(r"[\W_]+")


class Malformed(ValueError):
    """A model's answer can't be used; the message says why, in our words."""


class NotRead(Malformed):
    """An answer does not repeat all the words that stand in what was sent: a part of it may not have been read."""

    def __init__(self) -> None:
        super().__init__("The answer does not show that all was read.")


@dataclass(frozen=True, slots=True)
class CheckReading:
    """One judge on one entry alone. `accusation` is the entry's own words, None where nothing proves an accusation.

    `score` is in points from 0 to 100; `unproven` marks an accusation whose quote the entry does not contain.
    """

    score: float
    usable: bool
    accusation: str | None
    unproven: bool
    note: str


@dataclass(frozen=True, slots=True)
class EntryNotes:
    """A judge's notes on one entry in a list; untrusted, but one line of plain text each."""

    best: str
    worst: str
    why_not_higher: str


@dataclass(frozen=True, slots=True)
class ListReading:
    """One judge's ranking: groups of slots, best first, each slot in exactly one."""

    groups: tuple[tuple[str, ...], ...]
    notes: Mapping[str, EntryNotes]
    reasoning: str
    difference: str


def read_answer(call: Call, text: str, screening: Screening) -> CheckReading | ListReading:
    """Return what `text` says in answer to `call`. Raises Malformed; NotRead where it may be to less."""
    data = _read_object(text, "score" if call.kind == "check" else "ranking")
    if call.kind == "check":
        return _read_check(data, call, screening)
    return _read_list(data, call, screening.rules)


def _read_object(text: str, member: str) -> Mapping[str, Any]:
    """Return the last object in `text` that has `member`: what a model quotes or tries out comes before its answer."""
    if len(text) > ANSWER_CHARS_MAX:
        raise Malformed("The answer is too long.")
    answers = [data for data in _objects(text) if member in data]
    if not answers:
        raise Malformed("The answer holds no JSON object of the kind asked for.")
    return answers[-1]


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """Yield every outermost JSON object that can be read; a comma before a closing bracket is forgiven."""
    mended = _STRING_OR_TRAILING_COMMA.sub(lambda match: match[1] or "", text)
    decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant)
    end = 0
    for _ in range(OBJECTS_TRIED_MAX):
        start = mended.find("{", end)
        if start < 0:
            return
        try:
            data, end = decoder.raw_decode(mended, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise Malformed("The answer names a member twice.")
    return data


def _refuse_constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is no number.")


def _read_check(data: Mapping[str, Any], call: Call, screening: Screening) -> CheckReading:
    (slot,) = call.slots
    if _name(data.get("slot")) != call.names[0]:
        raise Malformed("The answer is about another entry.")
    _check_words(call, [data, data], screening.rules)
    evidence = data.get("evidence")
    if not isinstance(evidence, list) or not all(isinstance(quote, str) for quote in evidence):
        raise Malformed("The evidence is a list of quotes.")
    accuses = _flag(data, "addresses_the_judge")
    quote = data.get("offending_quote")
    if quote is not None and not isinstance(quote, str):
        raise Malformed("The offending quote is a text or null.")
    accusation = quote if accuses and quote and occurs(quote, screening[slot].shown) else None
    return CheckReading(
        score=_score(data.get("score")),
        usable=_flag(data, "answers_prompt") and not _flag(data, "is_refusal"),
        accusation=accusation,
        unproven=accuses and accusation is None,
        note=_said(data, "note", SAID_CHARS_MAX, screening.rules),
    )


def _read_list(data: Mapping[str, Any], call: Call, rules: Rules) -> ListReading:
    slot_of = call.slot_of
    groups = data.get("ranking")
    if not isinstance(groups, list) or not groups:
        raise Malformed("The ranking is a list of groups.")
    named = [[_name(one) for one in (group if isinstance(group, list) else [group])] for group in groups]
    _check_names([name for group in named for name in group], call, "ranking")
    notes = data.get("per_entry")
    if not isinstance(notes, list) or not all(isinstance(one, Mapping) for one in notes):
        raise Malformed("The notes are a list of objects.")
    _check_names([_name(one.get("slot")) for one in notes], call, "notes")
    by_name = {_name(one["slot"]): one for one in notes}
    _check_words(call, [data, *(by_name[name] for name in call.names)], rules)
    return ListReading(
        groups=tuple(tuple(slot_of[name] for name in group) for group in named if group),
        notes={slot_of[_name(one["slot"])]: _notes(one, rules) for one in notes},
        reasoning=_said(data, "reasoning", REASONING_CHARS_MAX, rules),
        difference=_said(data, "decisive_difference", SAID_CHARS_MAX, rules),
    )


def _notes(data: Mapping[str, Any], rules: Rules) -> EntryNotes:
    best, worst, why = (_said(data, member, SAID_CHARS_MAX, rules) for member in ("best", "worst", "why_not_higher"))
    return EntryNotes(best, worst, why)


def _check_names(given: Sequence[str], call: Call, where: str) -> None:
    if sorted(given) != sorted(call.names):
        raise Malformed(f"The {where} must name every entry exactly once, and nothing else.")


def _check_words(call: Call, told: Sequence[Mapping[str, Any]], rules: Rules) -> None:
    """Refuse an answer that lacks one of the words that `call` asks for, or has it elsewhere.

    `told` is where it has those of the prompt, and then those of each entry.
    """
    if not call.words:
        return
    first, other = ("prompt_words", "entry_words") if rules.words_within else ("prompt_word", "last_word")
    values = (data.get(other if number else first) for number, data in enumerate(told))
    if tuple(map(_words if rules.words_within else _only_word, values)) != call.words:
        raise NotRead


def _words(value: object) -> tuple[str, ...]:
    """Return the words of a list, or of a text in which they stand one after the other."""
    if isinstance(value, str):
        value = _NO_LETTERS.split(value)
    words = [_word(one) for one in value] if isinstance(value, list) else []
    return tuple(word for word in words if word)


def _only_word(value: object) -> tuple[str, ...]:
    return (_word(value),)


def _word(value: object) -> str:
    """Return the letters of a word, in whatever quotes and case a model puts it."""
    return _NO_LETTERS.sub("", value).casefold() if isinstance(value, str) else ""


def _name(value: object) -> str:
    return value.strip().casefold() if isinstance(value, str) else ""


def _flag(data: Mapping[str, Any], member: str) -> bool:
    value = data.get(member)
    if not isinstance(value, bool):
        raise Malformed(f"{member} is true or false.")
    return value


def _score(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Malformed("The score is a number.")
    if not 0 <= value <= 100:
        raise Malformed("The score lies between 0 and 100.")
    return float(value)


def _said(data: Mapping[str, Any], member: str, chars_max: int, rules: Rules) -> str:
    value = data.get(member)
    if not isinstance(value, str):
        raise Malformed(f"{member} is a text.")
    text = rules.clean(value).text
    return line_of(without_marks(text) if rules.words_within else text, chars_max)


def occurs(quote: str, text: str) -> bool:
    """Whether `text` contains `quote`, line breaks and case aside, as it stands or as it was shown."""
    wanted = _folded(without_marks(quote))
    # A model copies what it read, and it read our escapes and the words of ours.
    return len(wanted) >= QUOTE_CHARS_MIN and any(wanted in _folded(seen) for seen in (text, escape(text)))


def _folded(text: str) -> str:
    return _SPACES.sub(" ", fold_text(text).text).strip().casefold()
