"""Copies of an earlier entry that every judge would prefer, and answers that only do the same task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drops.ranking import Entry, Field, Letter, Verdict
from tests.bench.support.judges import Bench, play_panel
from tests.bench.support.trials import PANEL, PERFECT
from tests.drops.ranking import corpus


@dataclass
class Copied:
    """`fields` are contests of two honest entries and a later copy of the first."""

    fields: int = 0
    copies_left_in: int = 0
    honest_flagged: int = 0


def hold_copies() -> Copied:
    """Every way to copy, before judges who would put the copy first."""
    tales = [(corpus.LIGHTHOUSE, corpus.HARBOUR, copy, "wild") for copy in corpus.COPIES.values()]
    programs = [
        (*(wrap.format(code) for code in (corpus.COUNT_ONE, corpus.COUNT_TWO, copy)), "code")
        for wrap in corpus.WRAPS
        for copy in (corpus.COUNT_ONE, corpus.COUNT_RENAMED)
    ]
    copied = Copied()
    for original, other, copy, pack in (*tales, *programs):
        outcome = _judge([original, other, copy], pack)
        copied.fields += 1
        copied.copies_left_in += outcome.letters["slot-2"] is not Letter.F or outcome.winner == "slot-2"
        copied.honest_flagged += _flagged(outcome, ["slot-0", "slot-1"])
    return copied


def independent_flagged() -> tuple[int, int]:
    """How many answers that were written apart for one task are taken for copies, and of how many."""
    flagged = total = 0
    for texts, pack in ((corpus.PROGRAMS, "code"), ((corpus.LIGHTHOUSE, corpus.HARBOUR), "wild")):
        for turn in range(len(texts)):
            outcome = _judge([*texts[turn:], *texts[:turn]], pack)
            flagged, total = flagged + _flagged(outcome, outcome.places), total + len(texts)
    return flagged, total


def _judge(texts: Sequence[str], pack: str) -> Verdict:
    # The later, the better, so that a copy loses by the checks alone.
    entries = tuple(
        Entry(f"slot-{order}", f"Seat {order + 1}", order, f"{text}\n\n# worth {order:+.3f}")
        for order, text in enumerate(texts)
    )
    field = Field("Answer in your own words, please.", pack, f"{pack}-1", "copies", Letter.D, entries)
    step, _ = play_panel(PANEL, field, Bench("copies", PERFECT).answer)
    assert isinstance(step, Verdict), step
    return step


def _flagged(outcome: Verdict, slots: Sequence[str]) -> int:
    return sum(bool({"copy", "similar"} & set(outcome.flags[slot])) for slot in slots)
