"""The drill fails where it could not look: a site that is gone, that only refuses, or a proxy that is missing."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.bench.support.serving import free_port
from tests.drill import attack
from tests.drill.support import strangers
from tests.drill.support.proxies import weighed


@contextmanager
def answering(status):
    """The port of a server that answers everything with `status`."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def watched(port, answers=1):
    with strangers.Watch(port) as watch:
        while watch.thread.is_alive() and len(watch.waits) < answers:
            watch.thread.join(0.05)
    return watch


def test_whoever_watches_a_closed_port_says_so():
    with pytest.raises(ConnectionRefusedError):
        watched(free_port())


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_refusal_is_no_answer(status):
    with answering(status) as port:
        with pytest.raises(strangers.Unexpected, match=str(status)):
            watched(port)
        with pytest.raises(strangers.Unexpected, match=str(status)):
            strangers.seconds(port, "/board")


def test_answers_are_counted_and_must_be_many():
    with answering(200) as port:
        watch = watched(port, 3)
    assert len(watch.waits) >= 3 and watch.answers_min == 1
    watch.ended = watch.began + 20
    assert watch.answers_min == 10


def test_what_passes_to_a_site_is_weighed():
    with answering(200) as site, weighed(site) as scale:
        assert strangers.seconds(scale.port, "/healthz") < 30
    assert scale.bytes > len("GET /healthz HTTP/1.1")


@pytest.mark.parametrize(("require_all", "fails"), [("1", True), ("", False)])
def test_a_missing_proxy_fails_where_nothing_may_be_missing(require_all, fails, monkeypatch):
    monkeypatch.setenv("CLORP_REQUIRE_ALL", require_all)
    monkeypatch.setattr(attack, "missing", lambda: ["nginx"])
    monkeypatch.setattr(attack, "ways", dict)
    monkeypatch.setattr(attack, "of_bursts", list)
    assert [row.ok for row in attack.run()] == [False] * fails
