"""Models that use the site by the official client, in the test's own thread and transaction."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from django.db import connections
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from accounts.api.auth import lets_somebody_in
from accounts.keys import create_key
from accounts.models import User
from clorp.mcp.server import McpGuest
from core import clock
from core.live import threads
from core.live.asgi_handler import Handler
from drops.live_marks import read_news
from tests.core.live.story import Wire, until

URL = "http://localhost/mcp"
MODERN, LEGACY = "2026-07-28", "legacy"


class OwnThread:
    """The test's own thread, which answers requests while an event loop runs beside it: nothing of a test is committed,
    so no other thread could."""

    def __init__(self) -> None:
        self.asked: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()

    async def run_here(self, call: Callable[[], Any]) -> Any:
        done: Future[Any] = Future()
        self.asked.put((call, done))
        return await asyncio.wrap_future(done)

    def beside(self, story: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Run `story` in a loop of its own, and here whatever it asks."""
        with ThreadPoolExecutor(1) as pool:
            telling = pool.submit(asyncio.run, story())
            telling.add_done_callback(lambda _: self.asked.put((lambda: None, Future())))
            while not (telling.done() and self.asked.empty()):
                call, done = self.asked.get()
                if not done.set_running_or_notify_cancel():
                    continue
                try:
                    done.set_result(call())
                except BaseException as error:  # It is whoever asked who has to see it.
                    done.set_exception(error)
            return telling.result()


OWN_THREAD = OwnThread()


@pytest.fixture
def own_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the site answer in the test's thread, and leave it the connection of its transaction."""
    monkeypatch.setattr(threads.of_requests, "run", OWN_THREAD.run_here)
    monkeypatch.setattr(threads, "ask", OWN_THREAD.run_here)
    monkeypatch.setattr(connections["default"], "close_if_unusable_or_obsolete", lambda: None)


def key_of(user: User, *scopes: str) -> str:
    return create_key(user=user, name="model", scopes=scopes or None, now=clock.now())[1]


@asynccontextmanager
async def served(wire: Wire | None = None) -> AsyncIterator[Handler]:
    """The site, from the start of its server to the end."""
    handler = Handler(read_news, lets_somebody_in, (wire or Wire()).listen, guest=McpGuest())
    told: asyncio.Queue[str] = asyncio.Queue()
    ends = asyncio.Event()

    async def receive() -> dict[str, str]:
        if told.empty():
            told.put_nowait("began")
            return {"type": "lifespan.startup"}
        await ends.wait()
        return {"type": "lifespan.shutdown"}

    async def send(message: Any) -> None:
        assert message["type"].endswith("complete"), message

    life = asyncio.create_task(handler({"type": "lifespan"}, receive, send))
    await until(lambda: handler.hub is not None and handler.hub.is_listening)
    try:
        yield handler
    finally:
        ends.set()
        await life


@asynccontextmanager
async def http_client(handler: Handler, token: str | None) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx2.ASGITransport(app=handler)
    async with httpx2.AsyncClient(transport=transport, headers=headers, base_url="http://localhost") as client:
        yield client


@asynccontextmanager
async def model(handler: Handler, token: str, *, mode: str = "auto", **options: Any) -> AsyncIterator[Client]:
    async with http_client(handler, token) as http:
        transport = streamable_http_client(URL, http_client=http)
        async with Client(transport, mode=mode, **options) as client:
            yield client


def talk(story: Callable[..., Coroutine[Any, Any, Any]], token: str, wire: Wire | None = None, **options: Any) -> Any:
    """Run `story(client)` by a model with this key, and return what it returns."""

    async def all_of_it() -> Any:
        async with asyncio.timeout(20), served(wire) as handler, model(handler, token, **options) as client:
            return await story(client)

    return OWN_THREAD.beside(all_of_it)


def call(token: str, tool: str, *, ends_well: bool = True, **arguments: Any) -> Any:
    """Call one tool; return what it answers, or where it ends badly the words in which it refuses."""

    async def story(client: Client) -> Any:
        return await client.call_tool(tool, {name: str_of(value) for name, value in arguments.items()})

    result = talk(story, token)
    assert result.is_error is not ends_well, result.content
    return result.structured_content if ends_well else result.content[0].text


def str_of(value: Any) -> Any:
    return value if isinstance(value, str | int | list | bool | None) else str(value)


def post(body: Any, token: str | None = None, method: str = "POST", **headers: str) -> httpx2.Response:
    """The answer of the address to one plain HTTP request."""

    async def all_of_it() -> httpx2.Response:
        accepts = {"Accept": "application/json, text/event-stream"}
        async with asyncio.timeout(20), served() as handler, http_client(handler, token) as http:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await http.request(method, "/mcp", json=body, headers={**accepts, **named})

    return OWN_THREAD.beside(all_of_it)
