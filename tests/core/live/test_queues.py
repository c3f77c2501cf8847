"""However busy the threads of requests are, probes and long forms have threads of their own."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest
from django.http import HttpResponse

from clorp.asgi import application
from core.live import threads
from core.live.asgi_handler import Handler
from core.live.bodies import SMALL_BYTES
from tests.core.live.callers import Caller, call, nobody
from tests.core.live.story import Readings, tell, until

PAGE, FORM = "/x", b"application/x-www-form-urlencoded"
LONG = (b"body=" + b"x" * SMALL_BYTES, b"")


@pytest.fixture
def held(monkeypatch):
    """A handler whose answers to `/slow` are held until `goes_on` is set, and how many began."""
    handler = Handler(Readings(), nobody, probes={"/healthz"})
    handler.goes_on, handler.began = threading.Event(), []

    def view(request):
        if request.path == "/slow":
            handler.began.append(threading.current_thread().name)
            handler.goes_on.wait(30)
        return HttpResponse(request.path)

    monkeypatch.setattr(handler, "get_response", view)
    return handler


async def beside(handler, slow, busy, *paths):
    """Ask for `paths` while requests like `slow()` hold `busy` threads, and more wait; return the answers."""
    sending = [asyncio.create_task(call(handler, slow())) for _ in range(busy + 2)]
    try:
        await until(lambda: len(handler.began) == busy)
        return [(await call(handler, Caller(path=path))).body.decode() for path in paths]
    finally:
        handler.goes_on.set()
        await asyncio.gather(*sending)


def test_a_probe_waits_behind_no_request(held):
    assert tell(lambda: beside(held, lambda: Caller(path="/slow"), threads.THREADS_MAX, "/healthz")) == ["/healthz"]
    assert len(held.began) == threads.THREADS_MAX + 2


def test_long_forms_are_read_one_at_a_time_and_no_page_waits_behind_them(held):
    slow = lambda: Caller(LONG, path="/slow", content_type=FORM)  # noqa: E731
    assert tell(lambda: beside(held, slow, 1, PAGE, "/healthz")) == [PAGE, "/healthz"]
    assert len(set(held.began)) == 1 and len(held.began) == 3


@pytest.mark.parametrize(
    ("body", "kind"), [((b"body=short", b""), FORM), (LONG, b"multipart/form-data; boundary=b"), (LONG, b"image/png")]
)
def test_all_else_is_answered_by_many_threads(held, body, kind):
    slow = lambda: Caller(body, path="/slow", content_type=kind)  # noqa: E731
    tell(lambda: beside(held, slow, threads.THREADS_MAX))
    assert len(set(held.began)) == threads.THREADS_MAX


def test_the_site_answers_whether_it_is_alive_in_a_thread_kept_for_that():
    assert application.threads_for({"path": "/healthz", "headers": []}) is threads.of_probes
    assert application.threads_for({"path": "/readyz", "headers": []}) is threads.of_requests


def test_threads_are_stuck_from_when_something_waits_and_none_is_done(monkeypatch):
    now, goes_on, some = [0.0], threading.Event(), threads.Threads(2, "some")
    monkeypatch.setattr(threads, "time", SimpleNamespace(monotonic=lambda: now[0]))

    async def story():
        work = [asyncio.create_task(some.run(lambda: goes_on.wait(30))) for _ in range(2)]
        await until(lambda: some.underway == 2)
        now[0], idle = 50.0, some.stuck_seconds
        work.append(asyncio.create_task(some.run(lambda: None)))
        await until(lambda: some.underway == 3)
        waits = some.stuck_seconds
        goes_on.set()
        await asyncio.gather(*work)
        return idle, waits, some.stuck_seconds

    assert tell(story) == (0.0, 50.0, 0.0)
