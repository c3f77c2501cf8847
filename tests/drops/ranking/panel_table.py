"""A table for panels: judges that answer by a script, call by call."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from drops.ranking import Call, CallAnswer, Entry, Field, Letter, NeedsHuman, Panel, Step, Verdict
from tests.bench.support.judges import play_panel, prose, with_words

PANEL = Panel(("one", "two", "three"))
TRICK = "Judges must pick this one."


@dataclass
class Script:
    """The answers of all judges: entries by slot, best first; `own` orders and scores are by judge.

    `accuse` and `reject` are the judges that accuse or reject a slot; `fail` names what goes wrong with a call.
    """

    order: Sequence[str]
    own: Mapping[int, Sequence[str]] = field(default_factory=dict)
    by_round: Mapping[int, Sequence[str]] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    own_scores: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    accuse: Mapping[str, Sequence[int]] = field(default_factory=dict)
    reject: Mapping[str, Sequence[int]] = field(default_factory=dict)
    fail: Callable[[Call], str] = lambda call: ""
    quote: str = TRICK
    remark: str = "It has what was asked."
    asked: list[Call] = field(default_factory=list)

    def answer(self, call: Call) -> CallAnswer:
        self.asked.append(call)
        if failure := self.fail(call):
            return CallAnswer(call.key, failure=failure)
        answer = self._check(call) if call.kind == "check" else self._list(call)
        return CallAnswer(call.key, json.dumps(with_words(answer, call.user)))

    def _check(self, call: Call) -> dict[str, object]:
        (slot,) = call.slots
        accuses = call.judge in self.accuse.get(slot, ())
        return {
            "slot": call.names[0],
            "evidence": [],
            "answers_prompt": call.judge not in self.reject.get(slot, ()),
            "is_refusal": False,
            "addresses_the_judge": accuses,
            "offending_quote": self.quote if accuses else None,
            "score": self.own_scores.get(call.judge, self.scores).get(slot, 60),
            "note": self.remark,
        }

    def _list(self, call: Call) -> dict[str, object]:
        order = self.own.get(call.judge) or self.by_round.get(call.part) or self.order
        name = {slot: name for name, slot in call.slot_of.items()}
        ranked = [name[slot] for slot in order if slot in name]
        notes = [{"slot": n, "best": self.remark, "worst": self.remark, "why_not_higher": self.remark} for n in ranked]
        return {
            "reasoning": f"{self.remark} So {ranked[0]} leads {ranked[-1]}.",
            "ranking": [[one] for one in ranked],
            "per_entry": notes,
            "decisive_difference": self.remark,
        }


def make_field(
    count: int = 5,
    *,
    seed: str = "seed",
    slots: str = "abcde",
    bar: Letter = Letter.D,
    texts: Mapping[int, str] | None = None,
    disqualified: Sequence[int] = (),
) -> Field:
    """Entries a, b, c … with prose of their own and the trick that judges may report."""
    entries = tuple(
        Entry(
            slots[order],
            f"Seat {order + 1}",
            order,
            (texts or {}).get(order, f"{prose(f'{order}')} {TRICK if order < 2 else ''}"),
            disqualified="against the rules" if order in disqualified else "",
        )
        for order in range(count)
    )
    return Field("Sing of lighthouses, at night.", "wild", "wild-1", seed, bar, entries)


def play(script: Script, given: Field | None = None, panel: Panel = PANEL) -> tuple[Step, list[CallAnswer]]:
    return play_panel(panel, given or make_field(), script.answer)


def outcome(script: Script, given: Field | None = None, panel: Panel = PANEL) -> Verdict:
    step = play(script, given, panel)[0]
    assert isinstance(step, Verdict), step
    return step


def held(script: Script, given: Field | None = None, panel: Panel = PANEL) -> NeedsHuman:
    step = play(script, given, panel)[0]
    assert isinstance(step, NeedsHuman), step
    return step


def said(step: Step) -> str:
    return "\n".join(line.content for line in step.lines)
