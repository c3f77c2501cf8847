"""Traces, where an operator has a collector for them: a span for each request, each task and each of their queries.

By OpenTelemetry's names (semantic conventions 1.37). A request is named by its route, a query by its text, in which
values are placeholders: as in logs, neither addresses nor what anybody sent is told. Whoever sends a `traceparent` is
not believed: a stranger would choose what is kept. OpenTelemetry's own instrumentations do both, hence these few lines.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from core.logs import route_of

SERVICE = "clorp"
QUERY_CHARS_MAX = 2_000
# Anything else is what a stranger made up.
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
tracer = trace.get_tracer(SERVICE)


def start_tracing() -> None:
    """Send spans to the collector at OTEL_EXPORTER_OTLP_ENDPOINT from now on, by a thread; none where none is set.

    Called once, in the process that does the work: a thread is not forked.
    """
    if not settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = {"service.name": os.environ.get("OTEL_SERVICE_NAME", SERVICE)}
    provider = TracerProvider(resource=Resource.create(named))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    trace_queries()


def trace_queries() -> None:
    """Trace what each connection asks, those that are open and those to come."""
    for connection in connections.all(initialized_only=True):
        trace_connection(connection=connection)
    connection_created.connect(trace_connection)


def trace_connection(*, connection: Any, **_: Any) -> None:
    if traced_query not in connection.execute_wrappers:
        connection.execute_wrappers.append(traced_query)


def traced_query(execute: Callable[..., Any], query: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Run a query in a span, if that of a request or a task is around it: what nobody asked for is told of nowhere."""
    if not trace.get_current_span().is_recording():
        return execute(query, params, many, context)
    # One that is put together of parts holds its values.
    text = query.strip() if isinstance(query, str) else ""
    verb = text.partition(" ")[0].upper() or "query"
    told = {"db.system.name": "postgresql", "db.operation.name": verb}
    if text:
        told["db.query.text"] = text[:QUERY_CHARS_MAX]
    with _span(verb, SpanKind.CLIENT, told):
        return execute(query, params, many, context)


@contextmanager
def traced_task(name: str) -> Iterator[Span]:
    with _span(name, SpanKind.CONSUMER, {"messaging.system": "celery"}, context=Context()) as span:
        yield span


class TraceMiddleware:
    """Wherever a request begins, behind what gives it its id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        method = request.method if request.method in METHODS else "_OTHER"
        told = {"http.request.method": method, "clorp.request_id": request.request_id}  # type: ignore[attr-defined]
        with _span(method, SpanKind.SERVER, told, context=Context()) as span:
            response = self.get_response(request)
            route = route_of(request)
            span.update_name(f"{method} {route}")
            span.set_attributes({"http.route": route, "http.response.status_code": response.status_code})
            if response.status_code >= 500:
                span.set_status(Status(StatusCode.ERROR))
            return response


@contextmanager
def _span(name: str, kind: SpanKind, told: dict[str, str], context: Context | None = None) -> Iterator[Span]:
    """A span around whatever is done; of an error in it, its class alone: its words may be anybody's."""
    with tracer.start_as_current_span(
        name, context, kind, told, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except BaseException as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(Status(StatusCode.ERROR))
            raise
