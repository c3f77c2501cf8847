"""A contest before a panel as far as it has come: which calls are due, and what the answered ones say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from drops.ranking.call_plan import CallPlan
from drops.ranking.calls import Call, CallAnswer
from drops.ranking.checks import Screening
from drops.ranking.findings import Ballot, Findings
from drops.ranking.parsing import CheckReading, ListReading, Malformed, read_answer


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """An answered call: what it says, or why it has no vote."""

    call: Call
    reading: CheckReading | ListReading | None
    failure: str = ""


@dataclass(frozen=True)
class PanelState:
    """The calls of `call_plan` and the answers `given` so far, by key."""

    call_plan: CallPlan
    given: Mapping[str, CallAnswer]

    @property
    def screening(self) -> Screening:
        """The free checks."""
        return self.call_plan.screening

    @cached_property
    def first_wave(self) -> tuple[Call, ...]:
        """Every entry alone and round one; all of it can be asked at once."""
        return (*self.call_plan.checks, *self.call_plan.round_one)

    @cached_property
    def second_wave(self) -> tuple[Call, ...]:
        """Round two, nothing where round one settled it, and nothing before round one is complete."""
        if self.due(self.first_wave):
            return ()
        early = self.opening
        return self.call_plan.round_two(early.finalists, early.judges) if early.finalists else ()

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls that are known by now."""
        return (*self.first_wave, *self.second_wave)

    def due(self, calls: Sequence[Call]) -> tuple[Call, ...]:
        """Those of `calls` that nobody has answered yet."""
        return tuple(call for call in calls if call.key not in self.given)

    def answered(self, calls: Sequence[Call]) -> list[AnsweredCall]:
        """Those of `calls` that are answered, up to the first that is not.

        Answers come in any order, but the log of them only grows at its end.
        """
        known = []
        for call in calls:
            if call.key not in self.given:
                break
            known.append(self._read_call(call))
        return known

    @cached_property
    def opening(self) -> Findings:
        """Return what the first wave alone adds up to."""
        return self._add_up(self.first_wave)

    @cached_property
    def findings(self) -> Findings:
        """Return what all answers add up to."""
        return self._add_up(self.calls)

    def _add_up(self, calls: Sequence[Call]) -> Findings:
        answered = [self._read_call(call) for call in calls if call.key in self.given]
        checks = {
            (one.call.judge, one.call.slots[0]): one.reading
            for one in answered
            if isinstance(one.reading, CheckReading)
        }
        ballots = tuple(
            Ballot(one.call.judge, one.call.part, one.call.half, one.reading)
            for one in answered
            if isinstance(one.reading, ListReading)
        )
        evenly = self.screening.rules.needs_reading
        return Findings(self.screening.usable, self.call_plan.judges_count, checks, ballots, evenly=evenly)

    def _read_call(self, call: Call) -> AnsweredCall:
        if call.key not in self._cache:
            self._cache[call.key] = self._read(call, self.given[call.key])
        return self._cache[call.key]

    @cached_property
    def _cache(self) -> dict[str, AnsweredCall]:
        return {}

    def _read(self, call: Call, answer: CallAnswer) -> AnsweredCall:
        if answer.text is None:
            return AnsweredCall(call, None, answer.failure)
        try:
            return AnsweredCall(call, read_answer(call, answer.text, self.screening))
        except Malformed as fault:
            return AnsweredCall(call, None, str(fault).rstrip("."))
