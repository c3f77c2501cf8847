"""A sender's drops: post, change, pay, look at, take back, post again, thank whoever won."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView, OpenView, listed
from accounts.api.idempotency import SHORT_LEASE, idempotent, nothing_done, verb_key
from accounts.models import Scope
from core import clock
from core.api.paging import asked_page, page_of
from core.api.preconditions import PreconditionFailed, names_version
from core.api.schema import PAGING
from core.errors import read_all
from core.http import site_of
from core.order import Order
from drops.api import job_json, sandbox
from drops.api.board import choice
from drops.api.request_fields import WIRE_NAMES, PayIn, RunIn, TermsIn, ThankIn, changes_from, terms_from
from drops.api.response_fields import EstimateOut, JobOut
from drops.api.sandbox import or_in_sandbox
from drops.contest import courtesies, finishing, posting
from drops.contest.sender_rules import TermsChanged
from drops.contest.terms import Terms, env_var_warning, require_valid_terms
from drops.models import Drop, Status
from drops.models.headings import heading_of

NEWEST = Order(("created_at", "id"))


def visible_drop(request: Request, drop_id: UUID) -> Drop:
    """The drop, if the caller may know of it; else 404."""
    drop: Drop = get_object_or_404(Drop.objects.visible_to(request.user).with_round(), pk=drop_id)
    return drop


class JobVerb(ApiView):
    """A verb that answers with one job: that of its address, or the one that it makes."""

    def told(self, drop: Drop, now: datetime, *, status: int = 200) -> Response:
        return Response(job_json.job(drop, self.caller, now, site=site_of(self.request)), status=status)

    def retell(self, request: Request, drop_id: UUID | None = None) -> Response:
        """Answer a repeat of what was done, with the job as it is now."""
        mine = Drop.objects.visible_to(request.user).with_round()
        made = mine.filter(idempotency_key=verb_key(request)).first()
        if made is not None:
            return self.told(made, clock.now(), status=201)
        return self.told(get_object_or_404(mine, pk=drop_id), clock.now())


class Run(JobVerb):
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
    @idempotent(RunIn, lease=SHORT_LEASE)
    def post(self, request: Request) -> Response:
        """Post a drop and pay for it. Unconfirmed, it only says what that would cost.

        Short of money, the answer is 402 with `required`, `available` and the `id` of the drop, which waits unpaid.
        """
        wanted = self.shape(RunIn)
        terms = terms_from(wanted)
        if not wanted.get("confirmed"):
            require_valid_terms(terms, sender=self.caller)
            return nothing_done(estimate(terms))
        now = clock.now()
        drop = posting.create_drop(sender=self.caller, terms=terms, now=now, idempotency_key=verb_key(request))
        self.problem_members = {"id": drop.pk}
        # A repeat after a crash finds the drop of the first try, which may have been paid for.
        if drop.is_pending:
            drop = posting.pay_for_drop(drop=drop, sender=self.caller, now=now)
        return self.told(drop, now, status=201)


def estimate(terms: Terms) -> dict[str, Any]:
    warning = env_var_warning(terms.env_vars, terms.agents)
    return {
        "needs_confirmation": True,
        "prompt": terms.prompt,
        "title": heading_of(terms.title, terms.prompt),
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
        return listed(page, job_json.jobs(page.rows, self.caller, clock.now(), site=site_of(request)))


class Job(OpenView):
    scopes = {"PATCH": Scope.SEND}
    wire_names = WIRE_NAMES
    # Of the terms whose ETag a conditional request was compared with.
    shown_as_of: datetime | None = None

    @extend_schema(operation_id="get_job", responses=JobOut)
    @or_in_sandbox(sandbox.show)
    def get(self, request: Request, drop_id: UUID) -> Response:
        """One drop, and what you may do with it now."""
        drop = visible_drop(request, drop_id)
        self.shown_as_of = drop.updated_at
        return Response(job_json.job(drop, request.user, clock.now(), site=site_of(request)))

    @extend_schema(operation_id="change_job", request=TermsIn, responses=JobOut)
    def patch(self, request: Request, drop_id: UUID) -> Response:
        """Change terms of an unpaid drop of yours; what is missing stays. Refused once it is paid for."""
        drop, now = visible_drop(request, drop_id), clock.now()
        changes = changes_of(self, drop)
        # Compared once more, under the lock: two requests may have matched the same ETag.
        seen = self.shown_as_of if names_version(request.headers) else None
        try:
            drop = posting.change_terms(drop=drop, sender=self.caller, changes=changes, now=now, terms_as_of=seen)
        except TermsChanged as changed:
            raise PreconditionFailed from changed
        return Response(job_json.job(drop, self.caller, now, site=site_of(request)))


def changes_of(view: ApiView, drop: Drop) -> dict[str, Any]:
    """Return the terms that the body names; for its sender, they are judged together with the others of `drop`."""
    base = {"base": posting.terms_of(drop)} if drop.is_sent_by(view.caller) else {}
    return changes_from(view.shape(TermsIn, context=base))


class Pay(JobVerb):
    scopes = {"POST": Scope.SEND}
    refusals = {"POST": (402,)}

    @extend_schema(operation_id="pay_job", request=PayIn, responses=JobOut)
    @idempotent(PayIn, lease=SHORT_LEASE)
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Pay for a drop from your wallet; its window starts."""
        drop = visible_drop(request, drop_id)
        self.problem_members = {"id": drop.pk}
        seen, now = self.shape(PayIn).get("terms_as_of"), clock.now()
        drop = posting.pay_for_drop(drop=drop, sender=self.caller, now=now, terms_as_of=seen)
        return self.told(drop, now)


class Cancel(JobVerb):
    scopes = {"POST": Scope.SEND}

    @extend_schema(operation_id="cancel_job", request=None, responses=JobOut)
    @idempotent(lease=SHORT_LEASE)
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Take a drop back: unpaid at any time, open while nobody has submitted."""
        drop, now = visible_drop(request, drop_id), clock.now()
        take_back = posting.abandon_drop if drop.is_pending else posting.cancel_drop
        drop = take_back(drop=drop, sender=self.caller, now=now)
        return self.told(drop, now)


class Reroll(JobVerb):
    scopes = {"POST": Scope.SEND}
    wire_names = WIRE_NAMES

    @extend_schema(operation_id="reroll_job", request=TermsIn, responses={201: JobOut})
    @idempotent(TermsIn, lease=SHORT_LEASE)
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Post an ended drop of yours again; it waits to be paid for. The terms that are missing stay as they were."""
        drop, now = visible_drop(request, drop_id), clock.now()
        changes = changes_of(self, drop)
        drop = posting.reroll_drop(
            drop=drop, sender=self.caller, now=now, changes=changes, idempotency_key=verb_key(request)
        )
        return self.told(drop, now, status=201)


class Pull(JobVerb):
    scopes = {"POST": Scope.SEND}

    @extend_schema(operation_id="pull_job", request=None, responses=JobOut)
    @idempotent()
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Note that you have seen how a drop of yours ended, as its page does; the first time counts."""
        drop, now = visible_drop(request, drop_id), clock.now()
        drop = finishing.pull_drop(drop=drop, sender=self.caller, now=now)
        return self.told(drop, now)


class Thank(JobVerb):
    scopes = {"POST": Scope.SEND}

    @extend_schema(operation_id="thank_winner", request=ThankIn, responses=JobOut)
    @idempotent(ThankIn)
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Thank whoever won a drop of yours, once you have pulled it; once for each drop."""
        drop, thanks, now = visible_drop(request, drop_id), self.shape(ThankIn)["thanks"], clock.now()
        drop = courtesies.thank_winner(drop=drop, sender=self.caller, thanks=thanks, now=now)
        return self.told(drop, now)


class Invite(JobVerb):
    scopes = {"POST": Scope.SEND}

    @extend_schema(operation_id="invite_winner", request=None, responses=JobOut)
    @idempotent()
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Have whoever won a drop of yours told when you post it again and pay for it. No seat is kept for them."""
        drop, now = visible_drop(request, drop_id), clock.now()
        drop = courtesies.invite_winner(drop=drop, sender=self.caller, now=now)
        return self.told(drop, now)
