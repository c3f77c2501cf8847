"""Simulated judges: they read a call's prompt as a model would, and answer in JSON with errors of known size.

An entry carries its true worth as a mark in its text ("worth +1.25", in logits). A judge sees it through an error
that all judges share, one of its own, and one per call; and it likes what stands first better by `bias` logits, and
what stands last worse, evenly between.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from drops.ranking import Call, CallAnswer, Entry, Field, Judge, Letter, Step, Wave
from drops.ranking.folding import fold_text

WORTH = re.compile(r"worth ([+-]\d+\.\d+)")
SHOWN = re.compile(
    r'<entry slot="(\w{3})" word="\w+" fence="(\w{16})">\n(.*?)\n</entry fence="\2" word="\w+">', re.DOTALL
)
# The words that an answer must repeat, as whoever reads the request finds them: the prompt's and each entry's.
BLOCK = re.compile(r'<(?:prompt|entry slot="(\w{3})") word="\w+" fence=.*?(?=<entry slot=|\Z)', re.DOTALL)
WORD = re.compile(r'<[^<>]* word="(\w+)"[^<>]*>')
# Tags of a request that are not ours: neither with its fence nor a note of one line.
FORGED = r'<\s*/?\s*(?:prompt|entry|file|note)\b(?![^<>]*fence="{nonce}")'
# As the last of a clear field.
UNMARKED_WORTH = -2.0
POINTS_PER_LOGIT = 10.0


@dataclass(frozen=True)
class Errors:
    """Standard deviations, in logits, of what judges get wrong: alike, each for itself, and afresh in each call."""

    shared: float = 0.0
    own: float = 0.0
    call: float = 0.0
    bias: float = 0.0
    points: float = 4.0


@dataclass
class Bench:
    """All the judges of one contest. `base` is the points of an entry of worth 0; `captors` win over who falls to them.

    An entry whose text says "capture" captures each judge once and for all with the chance `capture`; the other judges
    report it.
    """

    seed: str
    errors: Errors = field(default_factory=Errors)
    base: float = 62.0
    capture: float = 0.0
    calls: list[Call] = field(default_factory=list)

    def answer(self, call: Call) -> str:
        """Return the reply of the judge that is asked."""
        self.calls.append(call)
        entries = [(name, text) for name, _, text in SHOWN.findall(call.user)]
        answer = self._check(call, *entries[0]) if call.kind == "check" else self._list(call, entries)
        return json.dumps(with_words(answer, call.user))

    def _draw(self, *what: object) -> random.Random:
        return random.Random(f"{self.seed}/{'/'.join(map(str, what))}")

    def _is_captured(self, call: Call, text: str) -> bool:
        return "capture" in text and self._draw("capture", call.judge).random() < self.capture

    def _worth(self, call: Call, text: str) -> float:
        if self._is_captured(call, text):
            return 99.0
        mark = WORTH.search(text)
        worth = float(mark.group(1)) if mark else UNMARKED_WORTH
        shared = self._draw("shared", text).gauss(0, self.errors.shared)
        own = self._draw("own", call.judge, text).gauss(0, self.errors.own)
        return worth + shared + own + self._draw("call", *_turn(call), text).gauss(0, self.errors.call)

    def _check(self, call: Call, name: str, text: str) -> dict[str, object]:
        captured = self._is_captured(call, text)
        points = self.base + POINTS_PER_LOGIT * self._worth(call, text)
        points += self._draw("points", *_turn(call), text).gauss(0, self.errors.points)
        reports = "capture" in text and not captured
        return {
            "slot": name,
            "evidence": [text[:20]],
            "answers_prompt": "unusable" not in text,
            "is_refusal": False,
            "addresses_the_judge": reports,
            "offending_quote": "capture" + text.split("capture")[1][:20] if reports else None,
            "score": max(0, min(100, round(points))),
            "note": "As it seems to me.",
        }

    def _list(self, call: Call, entries: Sequence[tuple[str, str]]) -> dict[str, object]:
        middle = (len(entries) - 1) / 2
        seen = {
            name: self._worth(call, text) + self.errors.bias * (middle - place) / (middle or 1)
            for place, (name, text) in enumerate(entries)
        }
        ranked = sorted(seen, key=lambda name: -seen[name])
        notes = [{"slot": n, "best": "Apt.", "worst": "Long.", "why_not_higher": "Less apt."} for n in seen]
        return {
            "reasoning": f"I put {ranked[0]} before {ranked[-1]}.",
            "ranking": [[name] for name in ranked],
            "per_entry": notes,
            "decisive_difference": "It fits the request better.",
        }


def _turn(call: Call) -> tuple[object, ...]:
    """Which call of its contest it is, in whatever words: other prompts make no other luck."""
    return call.judge, call.kind, call.part, call.half


def with_words(answer: dict[str, Any], request: str) -> dict[str, Any]:
    """`answer` with the words that somebody who is shown `request` finds in it, none for what is not there."""
    words = {block[1] or "": WORD.findall(block[0]) for block in BLOCK.finditer(request)}
    notes = [{**note, "entry_words": words.get(note["slot"], [])} for note in answer.get("per_entry", ())]
    own = {"per_entry": notes} if "per_entry" in answer else {"entry_words": words.get(answer.get("slot", "none"), [])}
    return {"prompt_words": words.get("", []), **answer, **own}


def forged_tags(call: Call) -> list[str]:
    """Every tag in a call's request that somebody else than we put there, or what reads like one."""
    nonce = SHOWN.findall(call.user)[0][1]
    ours = "|".join(f"{name}:" for name in call.names)
    return re.findall(
        FORGED.format(nonce=nonce),
        re.sub(rf"<note>(?:{ours})[^<]*</note>", "", fold_text(call.user).text),
        re.IGNORECASE,
    )


def prose(seed: str, words: int = 20) -> str:
    """Words that nobody else has written."""
    dice = random.Random(seed)
    return " ".join("".join(dice.choices("abcdefghilmnoprstu", k=dice.randint(3, 8))) for _ in range(words))


def chinese(seed: str, signs: int = 900) -> str:
    """Signs that nobody else has put in this order."""
    return "".join(map(chr, random.Random(seed).choices(range(0x4E00, 0x9FA5), k=signs)))


def contest(worths: Sequence[float], *, seed: str, tricks: Mapping[int, str] | None = None) -> Field:
    """A field of entries with these worths, in the order in which they came; `tricks` are added to their texts."""
    texts = [f"{prose(f'{seed}/{order}')} {(tricks or {}).get(order, '')}" for order in range(len(worths))]
    entries = tuple(
        Entry(f"slot-{order}", f"Seat {order + 1}", order, f"{text} worth {worth:+.3f}")
        for order, (worth, text) in enumerate(zip(worths, texts, strict=True))
    )
    return Field("Please write something apt about lighthouses.", "wild", "wild-1", seed, Letter.D, entries)


def play_panel(judge: Judge, given: Field, answer: Callable[[Call], str | CallAnswer]) -> tuple[Step, list[CallAnswer]]:
    """Answer wave after wave until the contest ends; the last step, and all answers."""
    answers: list[CallAnswer] = []
    step = judge.begin(given)
    while isinstance(step, Wave):
        for call in step.calls:
            reply = answer(call)
            answers.append(reply if isinstance(reply, CallAnswer) else CallAnswer(call.key, reply))
        step = judge.resume(given, answers)
    return step, answers
