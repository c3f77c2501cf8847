"""Django behind ASGI: requests are answered in a few kept threads, streams are sent by the event loop alone.

So a page costs what it costs under WSGI, and an open stream holds no thread and no database connection.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, suppress
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted, RequestDataTooBig
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.urls import set_script_prefix

from core.live import pubsub, threads
from core.live.hub import Hub, Listener, Reader

# Whoever takes nothing for so long is hung up on; a browser comes again by itself.
SEND_SECONDS_MAX = 20.0
# The largest body is a form with all of an entry's files. It is kept on disk until all of it is here.
BODY_BYTES_MAX = settings.FILES_MAX * settings.FILE_BYTES_MAX + settings.DATA_UPLOAD_MAX_MEMORY_SIZE

TOO_LARGE = "This request is too large.\n"
# No middleware has seen the request that this answers.
TOO_LARGE_HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


class Handler(ASGIHandler):
    """`read` tells the hub how drops stand, `listen` that they have changed."""

    def __init__(self, read: Reader, listen: Listener = pubsub.listen) -> None:
        BaseHandler.__init__(self)
        self.load_middleware()
        self.read, self.listen = read, listen
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
        self.hub = hub = Hub(self.read, self.listen)
        hub.start()
        end_streams_on_signals(hub)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.hub = None
        await hub.stop()
        await send({"type": "lifespan.shutdown.complete"})

    # --- one request ---

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        response: Any
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        except RequestDataTooBig:
            await self.send_response(HttpResponse(TOO_LARGE, status=413, headers=TOO_LARGE_HEADERS), send)
            return
        with body:
            request, response = self.create_request(scope, body)
            if request is not None:
                response = await threads.in_thread(lambda: self.answer(scope, request))
                del request
            try:
                await self.send_whatever(response, receive, send)
            finally:
                await threads.in_thread(response.close)

    async def read_body(self, receive: Any) -> Any:
        """The whole body, in memory while it is small. Raises RequestAborted, RequestDataTooBig."""
        size, more = 0, True
        with ExitStack() as unless_whole:
            body = unless_whole.enter_context(SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE))
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise RequestAborted
                size += body.write(message.get("body", b""))
                if size > BODY_BYTES_MAX:
                    raise RequestDataTooBig
                more = message.get("more_body", False)
            unless_whole.pop_all()
        body.seek(0)
        return body

    def answer(self, scope: Any, request: Any) -> Any:
        """In a thread: what the site answers, all of it but the content of a file or a stream."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request.hub = self.hub
        response: Any = self.get_response(request)
        response._handler_class = self.__class__
        return response

    async def send_whatever(self, response: Any, receive: Any, send: Any) -> None:
        if not response.streaming:
            await self.send_response(response, send)
            return
        if not response.is_async:
            response.block_size = self.chunk_size
            response.streaming_content = _piecewise(iter(response.streaming_content))
        await self.send_stream(response, receive, send)

    async def send_stream(self, response: Any, receive: Any, send: Any) -> None:
        """Send until the content ends or nobody is there any more."""

        async def send_patiently(message: Any) -> None:
            async with asyncio.timeout(SEND_SECONDS_MAX):
                await send(message)

        sending = asyncio.create_task(self.send_response(response, send_patiently))
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
