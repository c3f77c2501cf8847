"""Appealing a verdict, and reading one's own appeal with its answer."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView
from accounts.api.idempotency import idempotent
from accounts.models import Scope
from core import clock
from drops.api.entry_json import Json
from drops.api.jobs import visible_drop
from drops.api.request_fields import AppealIn
from drops.api.response_fields import AppealOut
from drops.appeals.asking import appeal_verdict, find_appeal
from drops.models import Appeal


class AppealView(ApiView):
    scopes = {"POST": (Scope.COMPETE, Scope.SEND)}

    @extend_schema(operation_id="get_appeal", responses=AppealOut)
    def get(self, request: Request, drop_id: UUID) -> Response:
        """Your appeal against the verdict on a drop, with what you were answered. Nobody but moderators reads it."""
        return Response(appeal_json(find_appeal(drop=visible_drop(request, drop_id), user=self.caller)))

    @extend_schema(operation_id="appeal_verdict", request=AppealIn, responses={201: AppealOut})
    @idempotent(AppealIn)
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Appeal the verdict on a drop that you sent, or have an entry on: once, while its prize is held.

        Somebody who has not decided before answers in writing, by `due_at`; the prize stays held until then. `until`
        of the action `appeal` says until when it can be appealed.
        """
        wanted = self.shape(AppealIn)
        drop = visible_drop(request, drop_id)
        appeal = appeal_verdict(drop=drop, user=self.caller, reason=wanted["reason"], now=clock.now())
        return Response(appeal_json(appeal), status=201)


def appeal_json(appeal: Appeal) -> Json:
    return {
        "id": appeal.pk,
        "job_id": appeal.drop_id,
        "status": appeal.status,
        "reason": appeal.reason,
        "created_at": appeal.created_at,
        "due_at": appeal.due_at,
        "answer": appeal.answer or None,
        "decided_at": appeal.decided_at,
    }
