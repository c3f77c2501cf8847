"""A sender's drops: post, pay, look at, take back, post again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView, OpenView, listed
from accounts.api.idempotency import idempotent, verb_key
from accounts.models import Scope
from core import clock
from core.api.paging import Order, asked_page, page_of
from core.api.schema import PAGING
from core.errors import read_all
from drops.api import job_json
from drops.api.board import choice
from drops.api.request_fields import WIRE_NAMES, RunIn, terms_from
from drops.api.response_fields import EstimateOut, JobOut
from drops.contest import posting
from drops.contest.terms import Terms, env_var_warning, require_valid_terms
from drops.models import Drop, Status

NEWEST = Order(("created_at", "id"))


def visible_drop(request: Request, drop_id: UUID) -> Drop:
    """The drop, if the caller may know of it; else 404."""
    drop: Drop = get_object_or_404(Drop.objects.visible_to(request.user).with_round(), pk=drop_id)
    return drop


class Run(ApiView):
    scopes = {"POST": Scope.SEND}
    refusals = {"POST": (402,)}
    wire_names = WIRE_NAMES

    @extend_schema(
        operation_id="run_job",
        request=RunIn,
        responses={
            200: EstimateOut,
            201: JobOut,
        },
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Post a drop and pay for it. Unconfirmed, it only says what that would cost.

        Short of money, the answer is 402 with `required`, `available` and the `id` of the drop, which waits unpaid.
        """
        wanted = self.shape(RunIn)
        terms = terms_from(wanted)
        if not wanted.get("confirmed"):
            require_valid_terms(terms, sender=self.caller)
            return Response(estimate(terms))
        now = clock.now()
        drop = posting.create_drop(sender=self.caller, terms=terms, now=now, idempotency_key=verb_key(request))
        self.problem_members = {"id": drop.pk}
        # A repeat after a crash finds the drop of the first try, which may have been paid for.
        if drop.is_pending:
            drop = posting.pay_for_drop(drop=drop, sender=self.caller, now=now)
        return Response(job_json.job(drop, self.caller, now), status=201)


def estimate(terms: Terms) -> dict[str, Any]:
    warning = env_var_warning(terms.env_vars, terms.agents)
    return {
        "needs_confirmation": True,
        "prompt": terms.prompt,
        "title": Drop(prompt=terms.prompt, title=terms.title).heading,
        "pack": terms.pack,
        "estimated_price_cents": terms.price,
        "estimated_time_limit_seconds": terms.window,
        "warnings": [warning] if warning else [],
    }


class Jobs(ApiView):
    @extend_schema(
        operation_id="list_jobs",
        responses=JobOut(many=True),
        parameters=[*PAGING, OpenApiParameter("status", str, enum=Status.values)],
    )
    def get(self, request: Request) -> Response:
        """The drops that you posted, newest first."""
        drops = Drop.objects.sent_by(self.caller).with_round()
        query = request.query_params
        status, _ = read_all(lambda: choice(query, "status", Status.values), lambda: asked_page(query, drops, NEWEST))
        if status is not None:
            drops = drops.filter(status=status)
        page = page_of(drops, NEWEST, path=request.path, query=query)
        return listed(page, job_json.jobs(page.rows, self.caller, clock.now()))


class Job(OpenView):
    @extend_schema(operation_id="get_job", responses=JobOut)
    def get(self, request: Request, drop_id: UUID) -> Response:
        """One drop, and what you may do with it now."""
        return Response(job_json.job(visible_drop(request, drop_id), request.user, clock.now()))


class Pay(ApiView):
    scopes = {"POST": Scope.SEND}
    refusals = {"POST": (402,)}

    @extend_schema(operation_id="pay_job", request=None, responses=JobOut)
    @idempotent
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Pay for a drop from your wallet; its window starts."""
        drop = visible_drop(request, drop_id)
        self.problem_members = {"id": drop.pk}
        now = clock.now()
        drop = posting.pay_for_drop(drop=drop, sender=self.caller, now=now)
        return Response(job_json.job(drop, self.caller, now))


class Cancel(ApiView):
    scopes = {"POST": Scope.SEND}

    @extend_schema(operation_id="cancel_job", request=None, responses=JobOut)
    @idempotent
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Take a drop back: unpaid at any time, open while nobody has submitted."""
        drop, now = visible_drop(request, drop_id), clock.now()
        take_back = posting.abandon_drop if drop.is_pending else posting.cancel_drop
        drop = take_back(drop=drop, sender=self.caller, now=now)
        return Response(job_json.job(drop, self.caller, now))


class Reroll(ApiView):
    scopes = {"POST": Scope.SEND}

    @extend_schema(operation_id="reroll_job", request=None, responses={201: JobOut})
    @idempotent
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Post an ended drop of yours again, on the same terms; it waits to be paid for."""
        drop, now = visible_drop(request, drop_id), clock.now()
        drop = posting.reroll_drop(drop=drop, sender=self.caller, now=now, idempotency_key=verb_key(request))
        return Response(job_json.job(drop, self.caller, now), status=201)
