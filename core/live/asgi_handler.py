"""Django behind ASGI: requests are answered in a few kept threads, streams are sent by the event loop alone.

So a page costs what it costs under WSGI, and neither an open stream nor a body that comes slowly holds a thread and a
database connection.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import nullcontext, suppress
from io import BytesIO
from typing import IO, Any, cast

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse
from django.urls import set_script_prefix

from core.database_away import refusing_while_away
from core.errors import Refused
from core.live import pubsub, threads
from core.live.bodies import Intake, is_long_form
from core.live.guest import VISIT, Guest, Inquiry, LetIn, Visit, beside, replayed, scope_of
from core.live.headers import believed, came_from
from core.live.hub import Hub, Listener, Reader, no_rows
from core.live.list_feed import RowReader
from core.live.orphans import end_with_parent
from core.live.requests import Utf8Request

# Whoever takes nothing for so long is hung up on; a browser comes again by itself.
SEND_SECONDS_MAX = 20.0
# At which a whole answer must be taken beside: it lies in memory until then.
SENT_BYTES_PER_SECOND_MIN = 16 * 1024
LENGTHS = {b"content-length", b"transfer-encoding"}
# Whether what a request carries, its key or its session, is somebody's. Called in a thread.
Knows = Callable[[HttpRequest], bool]


class Handler(ASGIHandler):
    """`read` tells the hub how drops stand, `read_board` what is on the board, `listen` that they have changed; `knows`
    tells members from strangers. `guest` answers what a view lets in to it. `probes` are the paths that ask whether
    this process is alive: they wait behind no request, and ask no database."""

    request_class = Utf8Request

    def __init__(
        self,
        read: Reader,
        knows: Knows,
        listen: Listener = pubsub.listen,
        *,
        read_board: RowReader = no_rows,
        guest: Guest | None = None,
        probes: Collection[str] = (),
    ) -> None:
        BaseHandler.__init__(self)
        self.load_middleware()
        self.read, self.knows, self.listen = read, knows, listen
        self.read_board, self.guest, self.probes = read_board, guest, probes
        self.intake = Intake()
        self.hub: Hub | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        else:
            await self.handle(scope, receive, send)

    # --- the process's life ---

    async def live(self, receive: Any, send: Any) -> None:
        """From the server's start to its end, as ASGI tells of it."""
        await receive()
        self.hub = hub = Hub(self.read, self.listen, self.read_board)
        hub.start()
        end_streams_on_signals(hub)
        end_with_parent()
        async with self.guest.run() if self.guest else nullcontext():
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self.hub = None
            await hub.stop()
        await send({"type": "lifespan.shutdown.complete"})

    # --- one request ---

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        response: Any
        scope = {**scope, "headers": believed(scope), "client": came_from(scope)}
        body: IO[bytes] = BytesIO()
        refusal: Refused | None = None
        try:
            body = await self.intake.take(scope, receive, lambda: self.is_members(scope))
        except Refused as error:
            refusal = error
        with body:
            whole = with_length(scope, body)
            in_thread = self.threads_for(whole).run
            request, response = self.create_request(whole, body)
            if request is not None:
                request.refused_at_the_door = refusal  # type: ignore[attr-defined]
                response = await in_thread(lambda: self.answer(scope, request))
            if refusal is not None:
                # The rest is never read: what a proxy sent behind it would meet a closed connection, and be lost.
                response.headers["Connection"] = "close"
            try:
                if self.guest is not None and request is not None and isinstance(response, LetIn):
                    visit = Visit(request, self.hub, lambda inquiry: self.ask(inquiry, scope))
                    await self.guest({**scope, VISIT: visit}, replayed(body, receive), beside(response, send))
                else:
                    del request
                    await self.send_whatever(response, receive, send)
            finally:
                await in_thread(response.close)

    def threads_for(self, scope: Any) -> threads.Threads:
        """Return where a request is answered whose body has come."""
        if scope["path"] in self.probes:
            return threads.of_probes
        return threads.of_long_forms if is_long_form(scope) else threads.of_requests

    async def ask(self, inquiry: Inquiry, scope: Any) -> HttpResponse:
        """Return what the site answers, whole, to a request made in the name of whoever sent that of `scope`."""
        scope = scope_of(inquiry, scope)
        request, refused = self.create_request(scope, BytesIO(inquiry.body))
        response: Any = refused
        if request is not None:
            response = await threads.in_thread(lambda: self.answer(scope, request))
        await threads.in_thread(response.close)
        return cast(HttpResponse, response)

    async def is_members(self, scope: Any) -> bool:
        """Whether a member sends this, as far as can be told before its body is read."""
        request, _ = self.create_request(scope, BytesIO())
        return request is not None and await threads.ask(refusing_while_away(lambda: self.knows(request)))

    def answer(self, scope: Any, request: Any) -> Any:
        """In a thread: what the site answers, all of it but the content of a file or a stream."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request.hub, request.has_guest = self.hub, self.guest is not None
        response: Any = self.get_response(request)
        response._handler_class = self.__class__
        return response

    async def send_whatever(self, response: Any, receive: Any, send: Any) -> None:
        if not response.streaming:
            seconds = SEND_SECONDS_MAX + len(response.content) / SENT_BYTES_PER_SECOND_MIN
            # Whoever has gone, or is too slow, is no error of ours.
            with suppress(OSError):
                async with asyncio.timeout(seconds):
                    await self.send_response(response, patient(send))
            return
        if not response.is_async:
            response.block_size = self.chunk_size
            response.streaming_content = _piecewise(iter(response.streaming_content))
        await self.send_stream(response, receive, send)

    async def send_stream(self, response: Any, receive: Any, send: Any) -> None:
        """Send until the content ends or nobody is there any more."""
        sending = asyncio.create_task(self.send_response(response, patient(send)))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, leaving):
                task.cancel()
            ended = await asyncio.gather(sending, leaving, return_exceptions=True)
        for error in ended:
            # A reader who left, or who was too slow, is no error of ours.
            if isinstance(error, Exception) and not isinstance(error, RequestAborted | OSError):
                raise error


def patient(send: Any) -> Any:
    """Return `send` with a limit on how long each message may wait to be taken. TimeoutError (an OSError) beyond it."""

    async def send_patiently(message: Any) -> None:
        async with asyncio.timeout(SEND_SECONDS_MAX):
            await send(message)

    return send_patiently


def with_length(scope: Any, body: IO[bytes]) -> Any:
    """Say how long a body was, also where its sender did not: Django reads no more than it is told of."""
    size = body.seek(0, os.SEEK_END)
    body.seek(0)
    others = [(name, value) for name, value in scope["headers"] if name not in LENGTHS]
    if len(others) < len(scope["headers"]) or size:
        others.append((b"content-length", b"%d" % size))
    return {**scope, "headers": others}


async def _piecewise(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """A file's content, read in threads and never all of it at once."""
    while (chunk := await threads.in_thread(lambda: next(chunks, None))) is not None:
        yield chunk


def end_streams_on_signals(hub: Hub) -> None:
    """Let what stops the server end the streams first: it waits for open connections, and these have no end.

    The server's own handler is called too. Where an event loop listens for signals, it hears them all the same.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def end(number: int, frame: Any, before: Any = before) -> None:
            loop.call_soon_threadsafe(hub.end_streams)
            if callable(before):
                before(number, frame)

        # Only the main thread may; a server that runs us in another one has its own way of stopping.
        with suppress(ValueError):
            signal.signal(number, end)
