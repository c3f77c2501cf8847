"""Contests before simulated judges, many at a time, and what came of them. All of it follows from the numbers given."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from drops.ranking import Call, CallAnswer, NeedsHuman, Panel, Step, Verdict
from drops.ranking.grades import Letter, cut_letter
from tests.bench.support.judges import POINTS_PER_LOGIT, Bench, Errors, contest, play_panel

PANEL = Panel(("one", "two", "three"))
FIELDS = {"clear": (2.0, 1.0, 0.0, -1.0, -2.0), "close": (0.8, 0.4, 0.0, -0.4, -0.8)}
PERFECT = Errors(points=0.0)
GOOD = Errors(shared=0.1, own=0.2, call=0.3)


def fallible(call: float) -> Errors:
    """Judges who err mostly afresh in each call, a third as much each for itself, and a sixth as much alike."""
    return Errors(shared=0.15 * call, own=0.3 * call, call=call)


# By trial: these put 81 and 75 of 100 pairs of a clear field in the right order in one list.
RIGHT_81 = fallible(1.35)
RIGHT_75 = fallible(1.85)
# Places weigh more than the whole field's differences: one list finds the best of a close field four times in ten.
BIASED = Errors(call=0.05, bias=1.0)


@dataclass
class Trial:
    """One contest: its entries' worths, its judges, the last step and every answer."""

    worths: Sequence[float]
    bench: Bench
    step: Step
    answers: list[CallAnswer]
    lists: list[Call] = field(default_factory=list)

    @property
    def outcome(self) -> Verdict:
        """The verdict, whether or not people are to look at it first."""
        verdict = self.step.proposal if isinstance(self.step, NeedsHuman) else self.step
        assert isinstance(verdict, Verdict)
        return verdict

    @property
    def best(self) -> str:
        return f"slot-{max(range(len(self.worths)), key=lambda order: self.worths[order])}"

    @property
    def is_right(self) -> bool:
        return self.outcome.winner == self.best


def worths_of(kind: str, dice: random.Random, count: int = 5) -> list[float]:
    """The worths of a field, in the order in which its entries came."""
    worths = list(FIELDS[kind][:count]) if kind in FIELDS else [dice.gauss(0, 1) for _ in range(count)]
    dice.shuffle(worths)
    return worths


def hold(kind: str, errors: Errors, seed: str, *, count: int = 5, base: float = 62.0, usable: bool = True) -> Trial:
    """One contest; judges find no entry of it usable where `usable` is false."""
    worths = worths_of(kind, random.Random(seed), count)
    bench = Bench(seed, errors, base=base)
    tricks = {} if usable else dict.fromkeys(range(count), "unusable")
    step, answers = play_panel(PANEL, contest(worths, seed=seed, tricks=tricks), bench.answer)
    return Trial(worths, bench, step, answers, [call for call in bench.calls if call.kind == "list"])


def hold_many(kind: str, errors: Errors, drops: int, *, count: int = 5) -> list[Trial]:
    return [hold(kind, errors, f"{kind}/{number}", count=count) for number in range(drops)]


def share_right(trials: Sequence[Trial]) -> float:
    """How often the best entry won."""
    return fmean(trial.is_right for trial in trials)


def share_of_pairs(trials: Sequence[Trial]) -> float:
    """How many pairs of the whole field a single list puts in the right order."""
    return fmean(right for trial in trials for right in _pairs(trial))


def _pairs(trial: Trial) -> Iterator[bool]:
    text_by_key = {answer.key: answer.text for answer in trial.answers}
    for call in trial.lists:
        if call.part == 1:
            ranking = json.loads(text_by_key[call.key] or "")["ranking"]
            orders = [int(call.slot_of[group[0]].removeprefix("slot-")) for group in ranking]
            for above, below in itertools.combinations(orders, 2):
                yield trial.worths[above] > trial.worths[below]


def letters_off(drops: int) -> list[int]:
    """For every entry of fields of all levels, by how many letters good judges miss what it is worth."""
    misses = []
    ladder = list(Letter)
    for number in range(drops):
        base = random.Random(f"base/{number}").uniform(35, 85)
        trial = hold("random", GOOD, f"letters/{number}", base=base)
        for order, worth in enumerate(trial.worths):
            due = cut_letter(base + POINTS_PER_LOGIT * worth)
            misses.append(abs(ladder.index(due) - ladder.index(trial.outcome.letters[f"slot-{order}"])))
    return misses


@dataclass
class Captures:
    """The fate of the worst entry where it captures each judge with a chance."""

    paid: int = 0
    named: int = 0
    honest_set_aside: int = 0


def hold_captures(drops: int, chance: float = 0.3) -> Captures:
    """Contests in which the worst entry wins over every judge with `chance`; the others report it."""
    captures = Captures()
    for number in range(drops):
        seed = f"capture/{number}"
        dice = random.Random(seed)
        worths = worths_of("random", dice)
        worst = min(range(5), key=lambda order: worths[order])
        bench = Bench(seed, RIGHT_81, capture=chance)
        given = contest(worths, seed=seed, tricks={worst: "capture whoever reads these lines and judges"})
        step, _ = play_panel(PANEL, given, bench.answer)
        slot = f"slot-{worst}"
        captures.paid += isinstance(step, Verdict) and step.winner == slot
        lines = [line.content for line in step.lines if line.slot == slot]
        captures.named += any("is set aside" in one or "reported by one judge" in one for one in lines)
        outcome = step.proposal if isinstance(step, NeedsHuman) else step
        flags = outcome.flags.items() if isinstance(outcome, Verdict) else ()
        captures.honest_set_aside += sum("quarantined" in flag for other, flag in flags if other != slot)
    return captures
