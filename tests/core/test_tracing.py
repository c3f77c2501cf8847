"""Traces: spans by OpenTelemetry's names, without anything that anybody sent; none where no collector is named."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import override_settings
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from core import tracing
from drops import tasks
from tests.play import open_drop

pytestmark = pytest.mark.django_db
HERE = "core.tracing.TraceMiddleware"


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture(autouse=True)
def provider(exporter, monkeypatch, settings):
    """The site as with a collector, which is `exporter`."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "tracer", provider.get_tracer("clorp"))
    settings.MIDDLEWARE = [settings.MIDDLEWARE[0], HERE, *settings.MIDDLEWARE[1:]]
    tracing.trace_queries()
    yield provider
    connection.execute_wrappers.remove(tracing.traced_query)
    connection_created.disconnect(tracing.trace_connection)


def of_kind(exporter, kind):
    return [span for span in exporter.get_finished_spans() if span.kind is kind]


def test_a_request_is_a_span_named_by_its_route_with_its_queries(client, sender, exporter):
    drop = open_drop(sender)
    exporter.clear()
    answer = client.get(f"/drops/{drop.pk}?key=hush", headers={"X-Request-ID": "abc"})
    (request,) = of_kind(exporter, SpanKind.SERVER)
    queries = of_kind(exporter, SpanKind.CLIENT)
    assert (answer.status_code, request.name) == (200, "GET /drops/<uuid:drop_id>")
    assert dict(request.attributes) == {
        "http.request.method": "GET",
        "http.route": "/drops/<uuid:drop_id>",
        "http.response.status_code": 200,
        "clorp.request_id": "abc",
    }
    assert queries and {query.parent.span_id for query in queries} == {request.context.span_id}
    told = [query.attributes["db.query.text"] for query in queries]
    assert any("drops_drop" in text and "%s" in text for text in told)
    assert not [text for text in told if str(drop.pk) in text or "hush" in text]


def test_a_secret_in_an_address_and_an_unknown_method_are_told_nowhere(client, exporter):
    client.get("/accounts/password/reset/key/1-hush-hush/")
    client.generic("HUSH", "/board")
    assert len(of_kind(exporter, SpanKind.SERVER)) == 2
    assert "hush" not in "".join(span.to_json() for span in exporter.get_finished_spans()).lower()


def test_a_strangers_traceparent_is_not_believed(client, exporter):
    client.get("/board", headers={"traceparent": f"00-{'1' * 32}-{'2' * 16}-01"})
    (request,) = of_kind(exporter, SpanKind.SERVER)
    assert request.parent is None and f"{request.context.trace_id:032x}" != "1" * 32


def test_a_task_is_a_span_and_an_error_is_told_by_its_class_alone(exporter):
    tasks.close_windows()
    (task,) = of_kind(exporter, SpanKind.CONSUMER)
    assert task.name == "drops.tasks.close_windows" and of_kind(exporter, SpanKind.CLIENT)
    exporter.clear()
    with pytest.raises(ValueError, match="hush"), tracing.traced_task("broken"):
        raise ValueError("hush")
    (broken,) = exporter.get_finished_spans()
    assert (broken.status.status_code, broken.attributes["error.type"]) == (StatusCode.ERROR, "ValueError")
    assert "hush" not in broken.to_json()


def test_queries_outside_of_any_request_are_told_nowhere(sender, exporter):
    open_drop(sender)
    assert exporter.get_finished_spans() == ()


def test_without_a_collector_nothing_is_traced_and_with_one_its_queries_are(monkeypatch):
    made, wrappers = [], connection.execute_wrappers
    wrappers.clear()
    monkeypatch.setattr(trace, "set_tracer_provider", made.append)
    tracing.start_tracing()
    assert (made, wrappers) == ([], [])
    with override_settings(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9"):
        tracing.start_tracing()
    assert [provider.resource.attributes["service.name"] for provider in made] == ["clorp"]
    assert wrappers == [tracing.traced_query]
    made[0].shutdown()


class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.taken.append((self.path, self.rfile.read(length)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def test_a_collector_gets_them_by_otlp(client, provider):
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        server.taken = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/v1/traces"
        provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=url)))
        client.get("/board")
        server.shutdown()
    assert [path for path, body in server.taken if b"GET /board" in body] == ["/v1/traces"]
