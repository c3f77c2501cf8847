"""The questions to whoever judges, and their answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import require_no_link
from accounts.api.base import ApiView
from accounts.api.idempotency import idempotent
from accounts.models import Scope, User
from core import clock
from core.errors import Refused
from core.text import number_of
from drops.api.entry_json import chip, counting
from drops.api.job_json import attachment
from drops.api.jobs import visible_drop
from drops.api.request_fields import PickIn
from drops.api.response_fields import QuestionOut
from drops.contest.attachments import files_to_judge
from drops.judging import steps
from drops.judging.by_hand import last_answer, take_back_answer
from drops.judging.feedback import Remark
from drops.judging.steps import Pick
from drops.models import Drop, Feedback, Submission
from drops.models.statuses import Grade
from drops.packs import PACKS
from drops.ranking import Pending


class Picks(ApiView):
    scopes = {"POST": Scope.SEND}
    refusals = {"GET": (409,)}

    @extend_schema(operation_id="next_question", responses={200: QuestionOut, 204: None})
    def get(self, request: Request, drop_id: UUID) -> Response:
        """The question you are asked next, if this drop waits for your judgement; 204 when nothing is left to ask."""
        drop = visible_drop(request, drop_id)
        if drop.is_ended and (drop.is_sent_by(self.caller) or self.caller.moderates):
            return Response(status=204)
        now = clock.now()
        try:
            pending = steps.question_for(drop=drop, judge=self.caller, now=now, opens=False)
        except steps.NotOpened:
            require_no_link(request, drop.pk)
            pending = steps.question_for(drop=drop, judge=self.caller, now=now)
        return answer_with(drop, pending, self.caller)

    @extend_schema(operation_id="answer_question", request=PickIn, responses={200: QuestionOut, 204: None})
    @idempotent(PickIn)
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Answer the question: a side of a pair, or the grade of one entry. Gives the next, or 204."""
        pick = pick_from(self.shape(PickIn))
        before, now = visible_drop(request, drop_id), clock.now()
        drop = steps.answer_question(drop=before, judge=self.caller, pick=pick, now=now)
        if not drop.is_ranking or drop.judge != before.judge:
            return Response(status=204)
        return answer_with(drop, steps.question_for(drop=drop, judge=self.caller, now=now), self.caller)

    def retell(self, request: Request, drop_id: UUID) -> Response:
        """Answer a repeat, with what is asked now; 204 where this judge is asked nothing any more."""
        try:
            return self.get(request, drop_id)
        except Refused:
            return Response(status=204)


class GivenPick(ApiView):
    scopes = {"DELETE": Scope.SEND}

    @extend_schema(operation_id="take_back_answer", responses={200: QuestionOut})
    def delete(self, request: Request, drop_id: UUID, answer_id: str) -> Response:
        """Take your last answer back, by the `undo` of the question that followed it. Its question is asked again.

        Until the answer that ends the drop. Taking back what was taken back already changes nothing.
        """
        drop, now = visible_drop(request, drop_id), clock.now()
        drop = take_back_answer(drop=drop, judge=self.caller, answer_id=number_of(answer_id) or 0, now=now)
        return answer_with(drop, steps.question_for(drop=drop, judge=self.caller, now=now), self.caller)


def pick_from(wanted: dict[str, Any]) -> Pick:
    right = wanted.get("right")
    return Pick(
        left=str(wanted["left"]),
        right=None if right is None else str(right),
        pick=wanted.get("pick"),
        unusable=tuple(str(slot) for slot in wanted.get("unusable", [])),
        grade=wanted.get("grade"),
        feedback=tuple(
            Remark(str(one["id"]), tuple(one.get("chips", [])), one.get("note", ""))
            for one in wanted.get("feedback", [])
        ),
        reason=wanted.get("reason", ""),
        private_note=wanted.get("private_note", ""),
        pays_linked=wanted.get("pays_linked", False),
    )


def answer_with(drop: Drop, pending: Pending | None, judge: User) -> Response:
    """The question with the entries it is about; 204 for none."""
    if pending is None:
        return Response(status=204)
    question, last = pending.question, last_answer(drop)
    left, *right = sides(drop, judge, *steps.slots_of(question))
    asked = {"asks": "pair", "right": right[0]} if right else {"asks": "grade", "grades": Grade.values}
    return Response(
        {
            **asked,
            "left": left,
            "remaining": pending.remaining,
            "answered": drop.round.answers.standing().count(),
            "chips": [chip(one) for one in PACKS[drop.pack].chips.values()],
            "undo": str(last.pk) if last else None,
        }
    )


def sides(drop: Drop, judge: User, *slots: str) -> list[dict[str, Any]]:
    """The entries as whoever judges sees them: the work, and nothing of who made it or when."""
    entries = Submission.objects.select_related("counting").in_bulk([UUID(slot) for slot in slots])
    shown = [(UUID(slot), counting(entries[UUID(slot)])) for slot in slots]
    given = {row.submission_id: row for row in Feedback.objects.filter(round=drop.round, submission__in=entries)}
    return [
        {
            "id": slot,
            "body": revision.body,
            "attachments": [attachment(file) for file in files_to_judge(revision, judge)],
            "chips": given[slot].chips if slot in given else [],
            "note": given[slot].note if slot in given else "",
        }
        for slot, revision in shown
    ]
