"""Which calls a panel makes: every judge reads every entry alone, and lists of them in an order and its reverse."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from drops.ranking.calls import CHECK_TOKENS_MAX, LIST_TOKENS_MAX, Call, CallKind
from drops.ranking.checks import Screening
from drops.ranking.draws import Draws
from drops.ranking.field import Field
from drops.ranking.prompts import (
    Asked,
    check_prompt,
    check_schema,
    list_prompt,
    list_schema,
    system_prompt,
)

ROUND_CALLS_PER_JUDGE = 2


@dataclass(frozen=True)
class CallPlan:
    """The calls of a contest before `judges_count` judges, the same ones each time it is drawn up.

    There are at most `calls_max`: for three judges and n entries 3n + 12.
    """

    field: Field
    judges_count: int
    screening: Screening

    @property
    def calls_max(self) -> int:
        """The most calls that this contest can take."""
        count = len(self.screening.usable)
        return self.judges_count * (count + (2 * ROUND_CALLS_PER_JUDGE if count > 1 else 0))

    @cached_property
    def checks(self) -> tuple[Call, ...]:
        """Every judge on every usable entry alone."""
        usable = self.screening.usable
        pairs = [(judge, slot) for judge in range(self.judges_count) for slot in usable]
        return tuple(self._check(number, judge, slot) for number, (judge, slot) in enumerate(pairs, start=1))

    @cached_property
    def round_one(self) -> tuple[Call, ...]:
        """Every judge on all usable entries, in an order and its reverse; none for a single entry."""
        usable = self.screening.usable
        return self._round(1, usable, range(self.judges_count)) if len(usable) > 1 else ()

    def round_two(self, slots: Sequence[str], judges: Iterable[int]) -> tuple[Call, ...]:
        """These judges on the `slots` that are still close, as in round one but in other orders."""
        return self._round(2, slots, judges)

    def _round(self, part: int, slots: Sequence[str], judges: Iterable[int]) -> tuple[Call, ...]:
        deck = Draws(self.field.seed, f"round {part}").shuffled(sorted(slots, key=self._place))
        first = len(self.checks) + (part - 1) * ROUND_CALLS_PER_JUDGE * self.judges_count + 1
        calls = []
        for judge in judges:
            turn = judge * len(deck) // self.judges_count
            order = deck[turn:] + deck[:turn]
            number = first + ROUND_CALLS_PER_JUDGE * judge
            calls += [self._list(number, judge, part, 0, order), self._list(number + 1, judge, part, 1, order[::-1])]
        return tuple(calls)

    def _place(self, slot: str) -> int:
        return self.screening.usable.index(slot)

    def _check(self, number: int, judge: int, slot: str) -> Call:
        draws = self._draws(number)
        names = draws.names(1)
        asked = check_prompt(self.screening, self.screening[slot], names[0], draws)
        return Call(
            key=self._key(number, "check", [slot]),
            judge=judge,
            kind="check",
            part=0,
            half=0,
            slots=(slot,),
            names=names,
            words=self._words(asked, draws),
            system=system_prompt(self.field.rubric_version),
            user=asked.text,
            schema=check_schema(names[0]),
            tokens_max=CHECK_TOKENS_MAX,
        )

    def _list(self, number: int, judge: int, part: int, half: int, order: Sequence[str]) -> Call:
        draws = self._draws(number)
        names = draws.names(len(order))
        shown = [(name, self.screening[slot]) for name, slot in zip(names, order, strict=True)]
        asked = list_prompt(self.screening, shown, draws)
        return Call(
            key=self._key(number, "list", order),
            judge=judge,
            kind="list",
            part=part,
            half=half,
            slots=tuple(order),
            names=names,
            words=self._words(asked, draws),
            system=system_prompt(self.field.rubric_version),
            user=asked.text,
            schema=list_schema(names),
            tokens_max=LIST_TOKENS_MAX,
        )

    def _words(self, asked: Asked, draws: Draws) -> tuple[tuple[str, ...], ...]:
        """Return what answers must repeat. By earlier rules nobody is asked any more, but stored answers are read."""
        rules = self.screening.rules
        if rules.words_within:
            return asked.words
        return tuple((word,) for word in draws.words(len(asked.words))) if rules.needs_reading else ()

    def _draws(self, number: int) -> Draws:
        return Draws(self.field.seed, f"call {number}")

    def _key(self, number: int, kind: CallKind, slots: Sequence[str]) -> str:
        """A key that differs for another seed, rubric, wording or number of judges."""
        version = self.field.rubric_version
        worded = self.screening.rules.version
        basis = (self.field.seed, version, str(worded), str(self.judges_count), kind, str(number), *slots)
        digest = hashlib.sha256("\n".join(basis).encode()).hexdigest()
        return f"panel:{number}:{digest[:16]}"
