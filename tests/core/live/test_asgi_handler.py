"""A server gets answers from threads, files in pieces, and streams that end when nobody is there any more."""

from __future__ import annotations

import asyncio
import io
import threading
from ipaddress import ip_network
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from clorp.site.health import metrics
from core.http import address_of
from core.live import asgi_handler as handler_module
from core.live import bodies, threads
from core.live.asgi_handler import Handler
from core.live.bodies import BodyBroken
from core.live.sse import Stream
from tests.core.live.callers import Caller, call, nobody
from tests.core.live.story import Readings, soon, tell, until


class Place:
    is_held = True

    def give_back(self):
        self.is_held = False


def answering(monkeypatch, response):
    """A handler whose site answers with what `response()` makes."""
    handler = Handler(Readings(), nobody)
    monkeypatch.setattr(handler, "get_response", lambda request: response())
    return handler


def test_pages_are_answered_in_a_thread_and_sent_whole(monkeypatch):
    seen = []

    def page():
        seen.append(threading.current_thread())
        return HttpResponse("hello", headers={"X-Mine": "1"})

    async def story():
        caller = await call(answering(monkeypatch, page), Caller())
        assert (caller.sent[0]["status"], caller.body) == (200, b"hello")
        assert (b"X-Mine", b"1") in caller.sent[0]["headers"]
        assert seen[0] is not threading.current_thread()

    tell(story)


def test_a_file_is_sent_in_pieces_and_closed(monkeypatch):
    file = io.BytesIO(b"x" * 200_000)

    async def story():
        caller = await call(answering(monkeypatch, lambda: FileResponse(file)), Caller())
        assert caller.body == b"x" * 200_000 and len(caller.sent) > 3
        assert file.closed

    tell(story)


def test_a_body_that_breaks_off_reaches_no_view(monkeypatch):
    caller, came = Caller(body=(b"prompt=Name my",), is_whole=False), []
    caller.left.set()
    handler = Handler(Readings(), nobody)
    note = lambda request: came.append((type(request.refused_at_the_door), request.body)) or HttpResponse()  # noqa: E731
    monkeypatch.setattr(handler, "get_response", note)
    tell(lambda: call(handler, caller))
    assert came == [(BodyBroken, b"")]


def test_bodies_that_come_slowly_hold_no_thread(monkeypatch):
    handler = answering(monkeypatch, lambda: HttpResponse("hello"))

    async def story():
        slow = [Caller(body=(b"prompt=N",), is_whole=False) for _ in range(2 * threads.THREADS_MAX)]
        sending = [asyncio.create_task(call(handler, caller)) for caller in slow]
        await until(lambda: not any(caller.waiting for caller in slow))
        assert (await call(handler, Caller())).body == b"hello"
        for caller in slow:
            caller.left.set()
        await asyncio.gather(*sending)

    tell(story)


def test_the_room_of_a_body_is_taken_until_its_view_is_done(monkeypatch, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    monkeypatch.setattr(bodies, "SPOOLED_BYTES_MAX", 100)
    goes_on, handler = threading.Event(), Handler(Readings(), nobody)

    def view(request):
        if request.refused_at_the_door is None:
            goes_on.wait(30)
        return HttpResponse(str(request.refused_at_the_door))

    monkeypatch.setattr(handler, "get_response", view)

    async def story():
        first = asyncio.create_task(call(handler, Caller((b"x" * 90, b""))))
        await until(lambda: handler.intake.spooled_bytes == 90)
        assert b"Too many large uploads" in (await call(handler, Caller((b"x" * 11, b"")))).body
        goes_on.set()
        assert (await first).body == (await call(handler, Caller((b"x" * 100, b"")))).body == b"None"
        assert handler.intake.spooled_bytes == 0

    tell(story)


PROXY, NEIGHBOUR, FAR = "10.0.0.2", "10.1.0.9", "8.8.8.8"
FORGED = ((b"x_forwarded_for", b"10.0.0.1"), (b"x_forwarded_proto", b"https"), (b"X_Forwarded-For", b"10.0.0.1"))
FORWARDED = ((b"x-forwarded-for", b"10.0.0.1"), (b"x-forwarded-proto", b"https"))


@pytest.mark.parametrize(
    ("peer", "sent", "comes_from"),
    [
        (PROXY, ((b"x-forwarded-for", FAR.encode()), *FORGED), FAR),
        *((PROXY, ((b"x-forwarded-for", written),), FAR) for written in (b"8.8.8.8:56789", b"::ffff:8.8.8.8")),
        (f"::ffff:{PROXY}", ((b"x-forwarded-for", b"[2606:4700::7]:443"),), "2606:4700::"),
        (f"::ffff:{FAR}", (), FAR),
        (NEIGHBOUR, FORWARDED, NEIGHBOUR),
        (NEIGHBOUR, FORWARDED + FORGED, NEIGHBOUR),
        (FAR, FORWARDED + FORGED, FAR),
    ],
)
def test_nobody_forges_where_they_come_from_nor_https(peer, sent, comes_from, monkeypatch, settings):
    settings.PROXY_NETWORKS = [ip_network("10.0.0.0/24")]
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    settings.SECURE_PROXY_SSL_HEADER, seen = ("HTTP_X_FORWARDED_PROTO", "https"), []
    handler, caller = Handler(Readings(), nobody), Caller(path="/metrics")
    caller.scope |= {"client": (peer, 4711), "headers": [*caller.scope["headers"], *sent]}

    def answer(request):
        request.user = AnonymousUser()
        seen.append(request)
        return metrics(request)

    monkeypatch.setattr(handler, "get_response", answer)
    tell(lambda: call(handler, caller))
    assert (address_of(seen[0]), seen[0].is_secure(), caller.sent[0]["status"]) == (comes_from, False, 403)


@pytest.fixture
def endless(monkeypatch):
    """A stream that goes on for ever, the place it took, and whether what it held was let go."""
    place, let_go = Place(), []

    async def events():
        try:
            while True:
                yield b":\n\n"
                await asyncio.sleep(0.01)
        finally:
            let_go.append(True)

    response = lambda: StreamingHttpResponse(Stream(events(), place), content_type="text/event-stream")  # noqa: E731
    return answering(monkeypatch, response), place, let_go


def test_a_reader_who_leaves_ends_the_stream_and_its_place_is_free(endless):
    handler, place, let_go = endless

    async def story():
        caller = Caller()
        going = asyncio.create_task(call(handler, caller))
        await until(lambda: b":\n\n" in caller.body)
        caller.left.set()
        await soon(going)

    tell(story)
    assert let_go == [True] and not place.is_held


def test_a_reader_who_takes_nothing_is_hung_up_on(endless, monkeypatch):
    monkeypatch.setattr(handler_module, "SEND_SECONDS_MAX", 0.05)
    handler, place, _ = endless

    async def story():
        caller = Caller()

        async def never(message):
            await asyncio.Event().wait()

        await soon(handler(caller.scope, caller.receive, never))

    tell(story)
    assert not place.is_held


def test_a_stream_that_fails_leaves_nobody_waiting(monkeypatch):
    async def events():
        yield b":\n\n"
        raise LookupError

    place = Place()
    handler = answering(monkeypatch, lambda: StreamingHttpResponse(Stream(events(), place)))

    async def story():
        with pytest.raises(LookupError):
            await call(handler, Caller())
        assert asyncio.all_tasks() == {asyncio.current_task()}

    tell(story)
    assert not place.is_held


def test_a_reader_who_is_gone_before_the_answer_begins_leaves_nothing_behind(endless):
    handler, place, _ = endless

    async def story():
        caller = Caller()

        async def broken(message):
            raise OSError("gone")

        await soon(handler(caller.scope, caller.receive, broken))

    tell(story)
    assert not place.is_held


def test_the_hub_lives_as_long_as_the_process():
    incoming, told = asyncio.Queue(), []

    async def story():
        async def silent():
            yield frozenset()
            await asyncio.Event().wait()

        handler = Handler(Readings(), nobody, silent)

        async def send(message):
            told.append(message["type"])

        living = asyncio.create_task(handler({"type": "lifespan"}, incoming.get, send))
        incoming.put_nowait({"type": "lifespan.startup"})
        await until(lambda: handler.hub is not None and handler.hub.is_listening)
        incoming.put_nowait({"type": "lifespan.shutdown"})
        await soon(living)
        assert handler.hub is None

    tell(story)
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_request_is_given_the_hub_that_lives_with_its_process(monkeypatch):
    handler, given = Handler(Readings(), nobody), []
    handler.hub = SimpleNamespace()

    def answer(request):
        given.append(request.hub)
        return HttpResponse()

    monkeypatch.setattr(handler, "get_response", answer)

    async def story():
        await call(handler, Caller())

    tell(story)
    assert given == [handler.hub]


async def _never(message):
    await asyncio.Event().wait()


def test_whoever_takes_nothing_of_a_whole_answer_is_hung_up_on(monkeypatch):
    monkeypatch.setattr(handler_module, "SEND_SECONDS_MAX", 0.05)
    closed = []

    def page():
        response = HttpResponse("x" * 1_000_000)
        monkeypatch.setattr(response, "close", lambda: closed.append(True))
        return response

    handler = answering(monkeypatch, page)
    tell(lambda: soon(handler(Caller().scope, Caller().receive, _never)))
    assert closed == [True]


def test_a_whole_answer_that_is_taken_drop_by_drop_ends_too(monkeypatch):
    monkeypatch.setattr(handler_module, "SEND_SECONDS_MAX", 0.2)
    monkeypatch.setattr(handler_module, "SENT_BYTES_PER_SECOND_MIN", 1e9)
    taken = []

    async def slowly(message):
        # The first one is taken however slow the machine is.
        taken.append(message)
        await asyncio.sleep(0.05)

    handler = answering(monkeypatch, lambda: HttpResponse("x" * 3_000_000))
    tell(lambda: soon(handler(Caller().scope, Caller().receive, slowly)))
    assert 0 < len(taken) < 10
