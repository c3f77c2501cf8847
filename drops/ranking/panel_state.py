"""A contest before a panel as far as it has come: which calls are due, and what the answered ones say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from drops.ranking.call_plan import Docket
from drops.ranking.calls import Call, CallAnswer
from drops.ranking.checks import Screening
from drops.ranking.findings import Ballot, Findings
from drops.ranking.parsing import CheckReading, ListReading, Malformed, read_answer


@dataclass(frozen=True, slots=True)
class Heard:
    """An answered call: what it says, or why it has no vote."""

    call: Call
    reading: CheckReading | ListReading | None
    failure: str = ""


@dataclass(frozen=True)
class Hearing:
    """The calls of `docket` and the answers `given` so far, by key."""

    docket: Docket
    given: Mapping[str, CallAnswer]

    @property
    def screening(self) -> Screening:
        """The free checks."""
        return self.docket.screening

    @cached_property
    def first_wave(self) -> tuple[Call, ...]:
        """Every entry alone and round one; all of it can be asked at once."""
        return (*self.docket.checks, *self.docket.round_one)

    @cached_property
    def second_wave(self) -> tuple[Call, ...]:
        """Round two, nothing where round one settled it, and nothing before round one is complete."""
        if self.due(self.first_wave):
            return ()
        early = self.opening
        return self.docket.round_two(early.finalists, early.heard) if early.finalists else ()

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls that are known by now."""
        return (*self.first_wave, *self.second_wave)

    def due(self, calls: Sequence[Call]) -> tuple[Call, ...]:
        """Those of `calls` that nobody has answered yet."""
        return tuple(call for call in calls if call.key not in self.given)

    def heard(self, calls: Sequence[Call]) -> list[Heard]:
        """Those of `calls` that are answered, up to the first that is not.

        Answers come in any order, but the log of them only grows at its end.
        """
        known = []
        for call in calls:
            if call.key not in self.given:
                break
            known.append(self._hear(call))
        return known

    @cached_property
    def opening(self) -> Findings:
        """What the first wave alone adds up to."""
        return self._add_up(self.first_wave)

    @cached_property
    def findings(self) -> Findings:
        """What all answers add up to."""
        return self._add_up(self.calls)

    def _add_up(self, calls: Sequence[Call]) -> Findings:
        heard = [self._hear(call) for call in calls if call.key in self.given]
        checks = {
            (one.call.seat, one.call.slots[0]): one.reading for one in heard if isinstance(one.reading, CheckReading)
        }
        ballots = tuple(
            Ballot(one.call.seat, one.call.part, one.call.half, one.reading)
            for one in heard
            if isinstance(one.reading, ListReading)
        )
        return Findings(self.screening.usable, self.docket.seats, checks, ballots)

    def _hear(self, call: Call) -> Heard:
        if call.key not in self._cache:
            self._cache[call.key] = self._read(call, self.given[call.key])
        return self._cache[call.key]

    @cached_property
    def _cache(self) -> dict[str, Heard]:
        return {}

    def _read(self, call: Call, answer: CallAnswer) -> Heard:
        if answer.text is None:
            return Heard(call, None, answer.failure)
        try:
            return Heard(call, read_answer(call, answer.text, self.screening))
        except Malformed as fault:
            return Heard(call, None, str(fault).rstrip("."))
