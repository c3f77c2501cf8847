"""The questions to whoever judges, and their answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView
from accounts.api.idempotency import idempotent
from accounts.models import Scope, User
from core import clock
from drops.api.entry_json import counting
from drops.api.job_json import attachment
from drops.api.jobs import visible_drop
from drops.api.request_fields import PickIn
from drops.api.response_fields import QuestionOut
from drops.contest.attachments import files_to_judge
from drops.judging import steps
from drops.judging.steps import Pick
from drops.models import Submission
from drops.models.statuses import Grade
from drops.ranking import Pair, Pending


class Picks(ApiView):
    scopes = {"POST": Scope.SEND}
    refusals = {"GET": (409,)}

    @extend_schema(operation_id="next_question", responses={200: QuestionOut, 204: None})
    def get(self, request: Request, drop_id: UUID) -> Response:
        """The question you are asked next, if this drop waits for your judgement; 204 when nothing is left to ask."""
        drop = visible_drop(request, drop_id)
        if drop.is_ended and (drop.is_sent_by(self.caller) or self.caller.moderates):
            return Response(status=204)
        return answer_with(steps.question_for(drop=drop, judge=self.caller, now=clock.now()), self.caller)

    @extend_schema(operation_id="answer_question", request=PickIn, responses={200: QuestionOut, 204: None})
    @idempotent(PickIn)
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Answer the question: a side of a pair, or the grade of one entry. Gives the next, or 204."""
        pick = pick_from(self.shape(PickIn))
        before, now = visible_drop(request, drop_id), clock.now()
        drop = steps.answer_question(drop=before, judge=self.caller, pick=pick, now=now)
        if not drop.is_ranking or drop.judge != before.judge:
            return Response(status=204)
        return answer_with(steps.question_for(drop=drop, judge=self.caller, now=now), self.caller)


def pick_from(wanted: dict[str, Any]) -> Pick:
    right = wanted.get("right")
    return Pick(
        left=str(wanted["left"]),
        right=None if right is None else str(right),
        pick=wanted.get("pick"),
        unusable=tuple(str(slot) for slot in wanted.get("unusable", [])),
        grade=wanted.get("grade"),
    )


def answer_with(pending: Pending | None, judge: User) -> Response:
    """The question with the entries it is about; 204 for none."""
    if pending is None:
        return Response(status=204)
    question = pending.question
    if isinstance(question, Pair):
        left, right = sides(judge, question.left, question.right)
        return Response({"asks": "pair", "left": left, "right": right, "remaining": pending.remaining})
    (left,) = sides(judge, question.slot)
    return Response({"asks": "grade", "left": left, "grades": Grade.values, "remaining": pending.remaining})


def sides(judge: User, *slots: str) -> list[dict[str, Any]]:
    """The entries as whoever judges sees them: the work, and nothing of who made it or when."""
    entries = Submission.objects.select_related("counting").in_bulk([UUID(slot) for slot in slots])
    shown = [(UUID(slot), counting(entries[UUID(slot)])) for slot in slots]
    return [
        {
            "id": slot,
            "body": revision.body,
            "attachments": [attachment(file) for file in files_to_judge(revision, judge)],
        }
        for slot, revision in shown
    ]
