"""Opening a sandbox drop, and what the game's own addresses answer for one.

A program that tries its wiring must ask the addresses that it will ask later. So a view that finds no drop looks for a
sandbox drop of the caller's before it says so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView
from accounts.api.idempotency import idempotent
from accounts.models import Scope, User
from core import clock
from core.api.fields import Body, OneOf
from core.api.json import EventStreamRenderer
from core.http import site_of
from core.live import sse, threads
from core.live.hub import Hub
from core.live.sse import HEARTBEAT, HEARTBEAT_SECONDS, Events, Heartbeat, event
from drops.api import sandbox_json
from drops.api.log_stream import news_of
from drops.api.request_fields import SubmitIn, text_of
from drops.api.response_fields import JobOut
from drops.models import SandboxDrop
from drops.packs import PACKS
from drops.sandbox import playing

Answer = Callable[[Any, Request, SandboxDrop], HttpResponseBase]
# How soon a stream tells of what happened; a sandbox drop announces nothing.
TICK_SECONDS = 0.5


class SandboxIn(Body):
    pack = OneOf(PACKS)

    def sense_faults(self, wanted: dict[str, Any]) -> dict[str, str]:
        fault = playing.pack_fault(wanted["pack"]) if "pack" in wanted else None
        return {"pack": fault} if fault else {}


class Sandbox(ApiView):
    scopes = {"POST": Scope.COMPETE}
    is_sandbox_open = True

    @extend_schema(operation_id="open_sandbox_drop", request=SandboxIn, responses={201: JobOut})
    @idempotent(SandboxIn)
    def post(self, request: Request) -> Response:
        """Open a sandbox drop, to try your wiring on.

        It is open for some seconds, for you alone. Claim it, submit to it and read the grade at the same addresses as
        of any drop; a plain rule grades it at the bell. No money moves and nothing of it is on record.
        """
        now = clock.now()
        drop = playing.open_sandbox_drop(user=self.caller, pack=self.shape(SandboxIn)["pack"], now=now)
        return Response(sandbox_json.job(drop, now, site=site_of(request)), status=201)


def or_in_sandbox(answer: Answer, *, named: str = "drop_id") -> Callable[[Any], Any]:
    """Let `answer` answer for a sandbox drop of the caller's where the view finds nothing with the id of this name."""

    def decorate(method: Any) -> Any:
        @wraps(method)
        def wrapper(view: Any, request: Request, **ids: UUID) -> HttpResponseBase:
            try:
                usual: HttpResponseBase = method(view, request, **ids)
                return usual
            except Http404:
                user = request.user if isinstance(request.user, User) else None
                drop = playing.find_sandbox_drop(drop_id=ids[named], user=user)
                if drop is None:
                    raise
            return answer(view, request, drop)

        return wrapper

    return decorate


def show(view: Any, request: Request, drop: SandboxDrop) -> Response:
    return Response(sandbox_json.job(drop, clock.now(), site=site_of(request)))


def claim(view: Any, request: Request, drop: SandboxDrop) -> Response:
    drop = playing.claim_sandbox_drop(drop=drop, now=clock.now())
    return Response({**sandbox_json.claim(drop), "envVars": sandbox_json.SETTINGS}, status=201)


def release(view: Any, request: Request, drop: SandboxDrop) -> Response:
    playing.release_sandbox_drop(drop=drop, now=clock.now())
    return Response(status=204)


def submit(view: Any, request: Request, drop: SandboxDrop) -> Response:
    wanted, now = view.shape(SubmitIn), clock.now()
    files = wanted.get("attachments", [])
    return tell_entry(view, request, playing.submit_to_sandbox(drop=drop, body=text_of(wanted), files=files, now=now))


def tell_entry(view: Any, request: Request, drop: SandboxDrop) -> Response:
    return Response(sandbox_json.submission(drop, clock.now()), status=201)


def list_claims(view: Any, request: Request, drop: SandboxDrop) -> Response:
    return Response([sandbox_json.claim(drop)] if drop.claimed_at else [])


def list_submissions(view: Any, request: Request, drop: SandboxDrop) -> Response:
    return Response([sandbox_json.submission(drop, clock.now())] if drop.revisions else [])


def show_submission(view: Any, request: Request, drop: SandboxDrop) -> Response:
    if not drop.revisions:
        raise Http404
    return Response(sandbox_json.submission(drop, clock.now()))


def logs(view: Any, request: Request, drop: SandboxDrop) -> HttpResponseBase:
    now = clock.now()
    lines = sandbox_json.log_lines(drop, now)
    if not isinstance(request.accepted_renderer, EventStreamRenderer):
        return Response(lines)
    number = sse.number_asked(request._request)
    if number is not None and drop.has_ended(now) and number >= len(lines):
        return Response(status=204)
    hub, place = sse.admit(request._request, drop.user)
    return sse.stream(log_events(hub, drop, number or 0), place)


async def log_events(hub: Hub, drop: SandboxDrop, number: int) -> Events:
    """As of a real drop: `status`, `counts`, `log` and, last, `end`. It is over in seconds, so it may look often."""
    told: dict[str, object] = {}
    heartbeat = Heartbeat(HEARTBEAT_SECONDS)
    with hub.follow(str(drop.pk)) as line:
        while True:
            row, now = await threads.ask(
                lambda: (playing.find_sandbox_drop(drop_id=drop.pk, user=drop.user), clock.now())
            )
            if row is None:
                return
            for written in news_of(told, row.pk, sandbox_json.job(row, now, site="").__getitem__):
                yield written
            for log_line in sandbox_json.log_lines(row, now)[number:]:
                number += 1
                yield event("log", log_line, mark=str(number))
            if row.has_ended(now):
                yield event("end", {"job_id": row.pk})
                return
            await line.next(seconds=TICK_SECONDS)
            if heartbeat.is_due():
                yield HEARTBEAT
