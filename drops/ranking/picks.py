"""People as judges: they pick the better of two entries, then grade the best one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from drops.ranking.field import Field
from drops.ranking.grades import KAPPA_POINTS_PER_LOGIT, Letter, spread_points
from drops.ranking.grading import Exclusion, Grading, excluded
from drops.ranking.judge import NeedsHuman, Pending, Step, Verdict
from drops.ranking.knockout import Bout, next_pair, pairs_enough
from drops.ranking.log_lines import Comparisons, LogLine, log_grade, log_pair, open_log
from drops.ranking.placing import rank_slots, rate_confidence
from drops.ranking.questions import (
    Answer,
    AnswerMisfit,
    Grade,
    GradeAnswer,
    Pair,
    PairAnswer,
    Question,
    check_answer,
)


class Picks:
    """The common part of all people who judge; see SenderPicks and StaffPicks.

    n entries take at most n + 1 questions: one for a single entry, two for a pair.
    """

    judged_by: ClassVar[str]
    voice: ClassVar[str]
    may_fail_all: ClassVar[bool]

    def begin(self, field: Field) -> Step:
        """The first question; the verdict where no entry takes part."""
        return self.resume(field, ())

    def resume(self, field: Field, answers: Sequence[Answer]) -> Step:
        """Replay `answers`, in whatever order they come, and take the next step.

        Raises AnswerMisfit where an answer does not fit its question, where it fits
        none, or where two share a key.
        """
        given = {answer.key: answer for answer in answers}
        if len(given) < len(answers):
            raise AnswerMisfit("Two answers were given to one question.")
        bout, log = Bout(field.seed, field.competing), open_log(field, self.voice)
        top: Letter | None = None
        while question := self._next_question(field, bout, top):
            answer = given.pop(question.key, None)
            if answer is None:
                break
            check_answer(question, answer)
            if isinstance(answer, PairAnswer):
                bout = replace(bout, picks=(*bout.picks, answer))
                log += log_pair(field, len(bout.picks), answer)
            elif isinstance(answer, GradeAnswer):
                top = answer.grade
                log.append(log_grade(field, answer))
        if given:
            raise AnswerMisfit("An answer belongs to no question of this contest.")
        if question:
            return Pending(question, _count_remaining(question, bout), tuple(log))
        return self._finish(self._verdict(field, bout, top), bool(bout.slots), log)

    def _next_question(self, field: Field, bout: Bout, top: Letter | None) -> Question | None:
        if top is not None or not bout.usable:
            return None
        pair = next_pair(bout)
        if pair is not None:
            return Pair(self._key(field, "pair", *pair, number=len(bout.picks)), *pair)
        best = rank_slots(bout.usable, bout.won).places[0]
        return Grade(self._key(field, "grade", best, number=len(bout.picks)), best)

    def _key(self, field: Field, *parts: str, number: int) -> str:
        """A key that differs for another seed, rubric or set of competing entries."""
        basis = (field.seed, field.rubric_version, *field.competing, *parts)
        digest = hashlib.sha256("\n".join(basis).encode()).hexdigest()
        return f"{self.judged_by}:{number + 1}:{digest[:16]}"

    def _verdict(self, field: Field, bout: Bout, top: Letter | None) -> Grading:
        """Return what follows from the finished bout and the best entry's letter, None where nobody was left."""
        placing = rank_slots(bout.usable, bout.won)
        comparisons = {slot: _comparisons(bout, slot) for slot in bout.usable}
        best = comparisons[placing.places[0]] if placing.places else Comparisons()
        # An F for the best leaves nobody any points.
        graded = top if top is not Letter.F else None
        points = spread_points(placing.places[0], graded, placing.strengths) if graded else {}
        unusable = Exclusion("unusable", f"Found unusable by {self.voice}.")
        return Grading(
            field=field,
            placing=placing,
            points=points,
            out=dict.fromkeys(bout.unusable, unusable) | excluded(field),
            comparisons=comparisons,
            confidence=rate_confidence(placing, best.won, best.total),
            voice=self.voice,
            kappa=KAPPA_POINTS_PER_LOGIT,
        )

    def _finish(self, grading: Grading, shown: bool, log: list[LogLine]) -> Verdict | NeedsHuman:
        # A field of disqualified entries was shown to nobody, so anyone may close it.
        if grading.winner is None and shown and not self.may_fail_all:
            reason = f"Nothing was good enough for {self.voice}, so staff decide."
            return NeedsHuman(reason, (*log, LogLine("info", reason)))
        return grading.conclude(self.judged_by, log)


class SenderPicks(Picks):
    """The sender judges, but can't end a contest without a winner.

    They have read the work and would get their money back, so an unusable field and a
    best entry below the bar, F or not, are for staff to judge.
    """

    judged_by = "sender"
    voice = "the sender"
    may_fail_all = False


class StaffPicks(Picks):
    """Staff judge, and may find that nothing passes."""

    judged_by = "staff"
    voice = "staff"
    may_fail_all = True


def _comparisons(bout: Bout, slot: str) -> Comparisons:
    """The comparisons with usable entries that the slot took part in."""
    met = [p for p in bout.counted if slot in (p.left, p.right)]
    won = sum(p.preferred == slot for p in met)
    return Comparisons(won, sum(p.pick == "equal" for p in met), len(met))


def _count_remaining(question: Question, bout: Bout) -> int:
    """The most questions that can still come, this one included."""
    if isinstance(question, Grade):
        return 1
    if len(bout.usable) == 2:
        return 2
    return pairs_enough(len(bout.slots)) - len(bout.picks) + 1
