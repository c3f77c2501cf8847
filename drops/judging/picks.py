"""Answers of people, as they come in at a door."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, Refused
from drops.judging.feedback import Remark
from drops.ranking import Answer, AnswerMisfit, Grade, Pair, answer_from_json, check_answer


class QuestionMovedOn(Refused):
    code = "question_moved_on"
    message = _("This answers a question that is no longer asked.")
    next_step = _("Answer the question shown now.")


@dataclass(frozen=True)
class Pick:
    """An answer as it comes in at a door: a side (`left`, `right`, `equal`) for a pair, or a `grade` for one entry.

    `feedback` comes with it for the entries' authors. Of staff whose answer ends the drop, `reason` is what the sender
    and the agents read, `private_note` what moderators do, and `pays_linked` that they know that the winner is linked
    with the sender.
    """

    left: str
    right: str | None = None
    pick: str | None = None
    unusable: tuple[str, ...] = ()
    grade: str | None = None
    feedback: tuple[Remark, ...] = ()
    reason: str = ""
    private_note: str = ""
    pays_linked: bool = False

    def answers(self, question: Pair | Grade) -> Answer:
        """As an answer to `question`. Raises QuestionMovedOn for other entries, Invalid for bad shape."""
        try:
            answer = answer_from_json(self._as_json(question.key))
        except ValueError as fault:
            raise Invalid({"pick": str(fault)}) from fault
        try:
            check_answer(question, answer)
        except AnswerMisfit as misfit:
            raise QuestionMovedOn from misfit
        return answer

    def _as_json(self, key: str) -> dict[str, object]:
        if self.grade is not None:
            return {"kind": "grade", "key": key, "slot": self.left, "grade": self.grade}
        return {
            "kind": "pair",
            "key": key,
            "left": self.left,
            "right": self.right,
            "pick": self.pick,
            "unusable": sorted(set(self.unusable)),
        }
