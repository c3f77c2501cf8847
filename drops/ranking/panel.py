"""A panel of language models as the judge: the side of it that thinks, without a network, rows or a clock.

A caller makes the calls of each Wave, in any order and at the same time, stores every answer, and resumes. The same
field and answers give the same step, bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from drops.ranking.call_plan import ROUND_CALLS_PER_JUDGE, CallPlan
from drops.ranking.calls import Call, CallAnswer
from drops.ranking.checks import Screening, screen_field
from drops.ranking.decision import JUDGED_BY, Decision, hold_unseen
from drops.ranking.field import Field
from drops.ranking.judge import Step, Wave
from drops.ranking.log_lines import LogLine, open_log
from drops.ranking.panel_log_lines import log_call, log_opening, log_panel, log_screening, say_panel
from drops.ranking.panel_state import PanelState
from drops.ranking.parsing import CheckReading, ListReading, read_answer
from drops.ranking.questions import Answer, AnswerMisfit
from drops.ranking.rules import PROMPTS_VERSION, rules_of
from drops.ranking.sealing import Seal

SIZE_MIN, SIZE_MAX = 2, 3


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that one contest can cost one judge: calls, characters sent, tokens answered."""

    calls: int
    input_chars: int
    output_tokens: int


@dataclass(frozen=True)
class Panel:
    """Two or three models that judge together; `judges` are their names for the log.

    `staff_when_unsure` keeps a result of low confidence for staff, for a prize that is worth it; `version` is of the
    rules. Raises ValueError for another number of judges, names that are equal or no line of plain text, and for a
    version that there never was.
    """

    judges: tuple[str, ...]
    staff_when_unsure: bool = False
    version: int = PROMPTS_VERSION
    judged_by: ClassVar[str] = JUDGED_BY

    def __post_init__(self) -> None:
        if not SIZE_MIN <= len(self.judges) <= SIZE_MAX:
            raise ValueError(f"A panel has {SIZE_MIN} or {SIZE_MAX} judges.")
        if len(set(self.judges)) < len(self.judges):
            raise ValueError("Two judges share a name.")
        if not all(judge.strip() and judge.isprintable() for judge in self.judges):
            raise ValueError("A judge's name is one line of plain text.")
        rules_of(self.version)

    def begin(self, field: Field) -> Step:
        """The first wave, or the verdict where no entry passes the free checks. Raises ValueError without a rubric."""
        return self.resume(field, ())

    def resume(self, field: Field, answers: Sequence[Answer]) -> Step:
        """Return what follows from `answers`, in whatever order they come.

        Raises AnswerMisfit where one belongs to no call of this contest, is not a model's, or two share a key.
        """
        call_plan = self._call_plan(field)
        state = PanelState(call_plan, _by_key(answers))
        if state.given.keys() - {call.key for call in state.calls}:
            raise AnswerMisfit("An answer belongs to no call of this contest.")
        seal = _seal(call_plan)
        log = self._log(field, state, seal)
        if state.screening.unseen:
            return hold_unseen(log)
        due = state.due(state.calls)
        if due:
            still = 0 if state.second_wave else call_plan.calls_max - len(state.first_wave)
            return Wave(due, len(due) + still, tuple(log))
        return Decision(field, state, seal, self.staff_when_unsure).conclude(log)

    def check(self, field: Field, call: Call, text: str) -> None:
        """Raise Malformed where `text` is no usable answer to `call`, so that a caller can ask afresh."""
        self.read(field, call, text)

    def read(self, field: Field, call: Call, text: str) -> CheckReading | ListReading:
        """Return what `text` says in answer to `call`. Raises Malformed."""
        return read_answer(call, text, _screened(field, self.version))

    def ceilings(self, field: Field) -> tuple[Ceiling, ...]:
        """The most that the contest can cost each judge, before the first call is made."""
        call_plan = self._call_plan(field)
        return tuple(_ceiling(call_plan, judge) for judge in range(len(self.judges)))

    def _call_plan(self, field: Field) -> CallPlan:
        return _call_plan_of(field, len(self.judges), self.version)

    def _log(self, field: Field, state: PanelState, seal: Seal) -> list[LogLine]:
        labels = field.labels
        log = open_log(field, say_panel(len(self.judges)))
        log.append(log_panel(self.judges, state.call_plan))
        log += log_screening(state.screening, labels)
        log += [log_call(answered, labels, seal) for answered in state.answered(state.first_wave)]
        if state.first_wave and not state.due(state.first_wave):
            log += log_opening(state.opening, state.opening.finalists, labels)
            log += [log_call(answered, labels, seal) for answered in state.answered(state.second_wave)]
        return log


@lru_cache(maxsize=32)
def _screened(field: Field, version: int) -> Screening:
    """The free checks, which take longer than all the rest and are asked for with every answer."""
    return screen_field(field, rules_of(version))


@lru_cache(maxsize=32)
def _call_plan_of(field: Field, judges_count: int, version: int) -> CallPlan:
    """The calls with all their words, which are asked for with every answer too."""
    return CallPlan(field, judges_count, _screened(field, version))


def _by_key(answers: Sequence[Answer]) -> Mapping[str, CallAnswer]:
    given = {answer.key: answer for answer in answers if isinstance(answer, CallAnswer)}
    if len(given) < len(answers):
        raise AnswerMisfit("Every answer to a panel is a model's, and no two answer one call.")
    return given


def _seal(call_plan: CallPlan) -> Seal:
    screening = call_plan.screening
    return Seal(screening.prompt, [entry.whole for entry in screening.entries])


def _ceiling(call_plan: CallPlan, judge: int) -> Ceiling:
    checks = [call for call in call_plan.checks if call.judge == judge]
    lists = [call for call in call_plan.round_one if call.judge == judge]
    # Round two shows some of what round one shows, as often.
    calls = [*checks, *lists, *lists]
    return Ceiling(
        calls=len(checks) + (2 * ROUND_CALLS_PER_JUDGE if lists else 0),
        input_chars=sum(len(call.system) + len(call.user) for call in calls),
        output_tokens=sum(call.tokens_max for call in calls),
    )
