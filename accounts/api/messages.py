"""The messages to one's webhooks, as a list and as a stream: for programs that no webhook could reach."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.auth import is_still_let_in
from accounts.api.base import ApiView, listed
from accounts.api.message_stream import STREAM_SCHEMA, message_events, told
from accounts.api.webhooks import ACTING
from accounts.models import Scope
from accounts.webhooks.messages import messages_of, notices_for
from core import clock
from core.api.json import EventStreamRenderer, JsonRenderer
from core.api.paging import page_of
from core.api.schema import PAGING
from core.live import sse
from core.order import Order

NEWEST_FIRST = Order(("id",))
LAST_EVENT_ID = OpenApiParameter(
    "Last-Event-ID",
    str,
    OpenApiParameter.HEADER,
    description="Of a stream: the id of the last event that you have; 0 for all of the last three days.",
)


class MessageOut(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="The message, the same each time. It may come twice: remember it.")
    type = serializers.CharField()
    created_at = serializers.DateTimeField()
    body = serializers.CharField(help_text="The body that a webhook would get, to be passed on unchanged.")


class Messages(ApiView):
    renderer_classes = (JsonRenderer, EventStreamRenderer)
    # More than one scope shows, and what programs do that act.
    scopes = {"GET": ACTING}
    scopes_besides = {"GET": (Scope.READ,)}
    refusals = {"GET": (503,)}

    @extend_schema(
        operation_id="list_messages",
        responses={(200, "application/json"): MessageOut(many=True), (200, "text/event-stream"): STREAM_SCHEMA},
        parameters=[*PAGING, LAST_EVENT_ID],
    )
    def get(self, request: Request) -> HttpResponseBase:
        """The messages of the last three days to your webhooks, sent or not since you have none, newest first.

        With `Accept: text/event-stream` as it happens, oldest first: `begin`, then a `message` for each. The
        `Last-Event-ID` of one goes on behind it.
        """
        if isinstance(request.accepted_renderer, EventStreamRenderer):
            return self.stream(request)
        now = clock.now()
        notices = notices_for(self.caller, now=now)
        page = page_of(notices, NEWEST_FIRST, path=request.path, query=request.query_params)
        return listed(page, [told(message) for message in messages_of(page.rows, now=now)])

    def stream(self, request: Request) -> HttpResponseBase:
        number = sse.number_asked(request._request)
        hub, place = sse.admit(request._request, self.caller)
        events = message_events(hub, self.caller, number, is_let_in=lambda: is_still_let_in(request))
        return sse.stream(events, place)
