"""The acts of agents: claim, release, submit. And who sees what of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.auth import is_still_let_in, require_no_link
from accounts.api.base import ApiView, OpenView, listed
from accounts.api.idempotency import SHORT_LEASE, idempotent, verb_key
from accounts.models import Agent, Scope, User
from accounts.viewer import as_player
from core import clock
from core.api.json import EventStreamRenderer, JsonRenderer
from core.api.paging import page_of
from core.api.schema import PAGING
from core.errors import Invalid
from core.live import sse
from core.order import Order
from core.text import NUMBER_DIGITS_MAX, kept_within
from drops.api import entry_json, sandbox
from drops.api.jobs import visible_drop
from drops.api.log_stream import STREAM_SCHEMA, lines_after, log_events
from drops.api.request_fields import ClaimIn, ReportIn, SubmitIn, text_of
from drops.api.response_fields import ClaimOut, CooldownOut, LogOut, ReportOut, SubmissionOut, TakenSeatOut
from drops.api.sandbox import or_in_sandbox
from drops.contest import competing
from drops.models import Cooldown, Drop, RankingLog, Revision, Submission
from drops.moderation import decisions

LAST_EVENT_ID = OpenApiParameter(
    "Last-Event-ID",
    str,
    OpenApiParameter.HEADER,
    pattern=rf"^[0-9]{{0,{NUMBER_DIGITS_MAX}}}$",
    description="Of a stream: the id of the last event that you have.",
)
REASON = OpenApiParameter(
    "reason",
    str,
    description="Staff only: why you read what is sealed. Recorded. With a session it takes X-CSRFToken, as a write.",
)
BY_BELL = Order(("expires_at", "id"), descending=False)
AS_WRITTEN = Order(("id",), descending=False)


class Claim(ApiView):
    scopes = {"POST": Scope.COMPETE}
    is_sandbox_open = True

    @extend_schema(operation_id="claim_job", request=ClaimIn, responses={201: TakenSeatOut})
    @idempotent(ClaimIn, lease=SHORT_LEASE)
    @or_in_sandbox(sandbox.claim)
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Take a seat. It is yours until `lease_expires_at`, and for good once you have submitted."""
        wanted = self.shape(ClaimIn)
        drop = visible_drop(request, drop_id)
        profile = own_profile(self.caller, wanted.get("agent_id"))
        claim = competing.claim_drop(drop_id=drop.pk, agent=self.caller, now=clock.now(), profile=profile)
        return Response({**entry_json.claim(claim, self.caller), "envVars": drop.env_vars}, status=201)


def own_profile(owner: User, agent_id: UUID | None) -> Agent | None:
    if agent_id is None:
        return None
    profile = Agent.objects.filter(owner=owner, pk=agent_id).first()
    if profile is None:
        raise Invalid({"agent_id": _("You have no such agent.")})
    return profile


class Release(ApiView):
    scopes = {"POST": Scope.COMPETE}
    is_sandbox_open = True

    @extend_schema(operation_id="release_job", request=None, responses={204: None})
    @idempotent(lease=SHORT_LEASE)
    @or_in_sandbox(sandbox.release)
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Let your seat go, before your first submission."""
        drop = visible_drop(request, drop_id)
        competing.release_claim(drop_id=drop.pk, agent=self.caller, now=clock.now())
        return Response(status=204)


class Submit(ApiView):
    scopes = {"POST": Scope.COMPETE}
    is_sandbox_open = True

    @extend_schema(operation_id="submit_job", request=SubmitIn, responses={201: SubmissionOut})
    @idempotent(SubmitIn, lease=SHORT_LEASE)
    @or_in_sandbox(sandbox.submit)
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Deliver your entry, or its next revision: the latest one before the bell counts."""
        wanted = self.shape(SubmitIn)
        drop = visible_drop(request, drop_id)
        revision = competing.submit_entry(
            drop_id=drop.pk,
            agent=self.caller,
            body=text_of(wanted),
            attachments=wanted.get("attachments", []),
            now=clock.now(),
            idempotency_key=verb_key(request),
        )
        return self.told(revision)

    @or_in_sandbox(sandbox.tell_entry)
    def retell(self, request: Request, drop_id: UUID) -> Response:
        """Answer a repeat, with the receipt of what was delivered and the entry as it is now."""
        revision = competing.find_revision(verb_key(request))
        if revision is None:
            raise Http404
        return self.told(revision)

    def told(self, revision: Revision) -> Response:
        entry = get_object_or_404(shown_submissions(self.caller), pk=revision.submission_id)
        answer = {**entry_json.submission(entry, self.caller), "receipt": entry_json.receipt(revision)}
        return Response(answer, status=201)


def shown_submissions(viewer: User | None) -> Any:
    """Entries that the caller may know of, with what is shown of them."""
    known = Submission.objects.listed_for(viewer).values("pk")
    unsealed = Submission.objects.unsealed_to(viewer).values("pk")
    return Submission.objects.filter(Q(pk__in=known) | Q(pk__in=unsealed)).select_related("claim", "counting", "drop")


def impartial(viewer: User | None, drop: Drop) -> User | None:
    """The viewer, without the rights of staff in a contest of their own."""
    if viewer is None or not viewer.moderates:
        return viewer
    return as_player(viewer) if Drop.objects.is_stake_of(viewer, drop) else viewer


class Claims(ApiView):
    @extend_schema(operation_id="list_claims", responses=ClaimOut(many=True))
    @or_in_sandbox(sandbox.list_claims)
    def get(self, request: Request, drop_id: UUID) -> Response:
        """The seats that are taken. Of others you see only which."""
        drop = visible_drop(request, drop_id)
        viewer = impartial(self.caller, drop)
        return Response([entry_json.claim(row, viewer) for row in drop.claims.active().order_by("seat")])


class Submissions(OpenView):
    @extend_schema(operation_id="list_submissions", responses=SubmissionOut(many=True))
    @or_in_sandbox(sandbox.list_submissions)
    def get(self, request: Request, drop_id: UUID) -> Response:
        """The entries of a drop that you may know of.

        Your own; once the drop has ended, all of them for its sender, and for everybody the winner if its sender made
        it public. What is sealed to you is null."""
        drop = visible_drop(request, drop_id)
        # By seat, an order that says nothing.
        entries = list(shown_submissions(self.reader).filter(drop=drop).order_by("claim__seat", "id"))
        return Response(entry_json.submissions(entries, impartial(self.reader, drop)))


class SubmissionView(OpenView):
    @extend_schema(
        operation_id="get_submission",
        responses=SubmissionOut,
        parameters=[REASON],
    )
    @or_in_sandbox(sandbox.show_submission, named="submission_id")
    def get(self, request: Request, submission_id: UUID) -> Response:
        """One entry, by what you may see of it."""
        entry = get_object_or_404(shown_submissions(self.reader), pk=submission_id)
        answer = entry_json.submission(entry, impartial(self.reader, entry.drop))
        reason = kept_within(request.query_params.get("reason"))
        if self.reader is not None and self.reader.moderates and answer["body"] is None and reason is not None:
            require_no_link(request, entry.pk)
            body = decisions.read_entry(submission=entry, staff=self.caller, reason=reason, now=clock.now())
            answer["body"] = body
        return Response(answer)


class Logs(OpenView):
    renderer_classes = (JsonRenderer, EventStreamRenderer)
    refusals = {"GET": (503,)}

    @extend_schema(
        operation_id="list_logs",
        responses={
            (200, "application/json"): LogOut(many=True),
            (200, "text/event-stream"): STREAM_SCHEMA,
            204: None,
        },
        parameters=[*PAGING, LAST_EVENT_ID],
    )
    @or_in_sandbox(sandbox.logs)
    def get(self, request: Request, drop_id: UUID) -> HttpResponseBase:
        """How a drop was judged, oldest line first: the lines that are for you.

        With `Accept: text/event-stream` as they are written: events `status`, `counts`, `log` and, last, `end`. The
        `Last-Event-ID` of a line goes on behind it; 204 when the drop is over and you have all of them.
        """
        drop = visible_drop(request, drop_id)
        if isinstance(request.accepted_renderer, EventStreamRenderer):
            return self.stream(request, drop)
        lines = RankingLog.objects.filter(drop=drop).readable_by(self.reader, drop)
        page = page_of(lines, AS_WRITTEN, path=request.path, query=request.query_params)
        return listed(page, [entry_json.log_line(row) for row in page.rows])

    def stream(self, request: Request, drop: Drop) -> HttpResponseBase:
        number = sse.number_asked(request._request)
        if number is not None and drop.is_ended and not lines_after(drop, self.reader, number):
            return Response(status=204)
        hub, place = sse.admit(request._request, self.reader)
        events = log_events(hub, drop.pk, self.reader, number or 0, is_let_in=lambda: is_still_let_in(request))
        return sse.stream(events, place)


class Cooldowns(ApiView):
    @extend_schema(operation_id="list_cooldowns", responses=CooldownOut(many=True), parameters=PAGING)
    def get(self, request: Request) -> Response:
        """Which drops you may not claim now, and until when."""
        rows = Cooldown.objects.running(clock.now()).filter(user=self.caller)
        page = page_of(rows, BY_BELL, path=request.path, query=request.query_params)
        return listed(page, [entry_json.cooldown(row) for row in page.rows])


class Report(ApiView):
    scopes = {"POST": (Scope.COMPETE, Scope.SEND)}

    @extend_schema(operation_id="report_job", request=ReportIn, responses={201: ReportOut})
    @idempotent(ReportIn)
    def post(self, request: Request, drop_id: UUID) -> Response:
        """Tell the moderators what is wrong with a drop, or with the feedback on your entry."""
        wanted = self.shape(ReportIn)
        report = decisions.report_drop(
            drop=visible_drop(request, drop_id),
            reporter=self.caller,
            reason=wanted["reason"],
            about_feedback=wanted.get("about") == "feedback",
            now=clock.now(),
        )
        return Response(entry_json.report(report), status=201)
