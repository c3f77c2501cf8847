"""Stories that run in an event loop of their own: readers of streams, and a wire that the test holds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from core import clock
from core.live import threads
from core.live.hub import Hub, News
from core.live.sse import Events, Stream
from tests.play import NOON

# However slow the machine is; what is waited for comes at once.
PATIENCE_SECONDS = 30.0


def tell(story: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run `story` to its end, in a thread, since a browser's driver may have a loop running in this one."""

    async def bounded() -> Any:
        async with asyncio.timeout(3 * PATIENCE_SECONDS):
            return await story()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, bounded()).result()


async def soon(what: Awaitable[Any]) -> Any:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await what


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():
            await asyncio.sleep(0.01)


def news(drop_id: str = "a", public: str = "1", private: str | None = None, **more: Any) -> News:
    fields = {"status": "open", "claims_count": 0, "submissions_count": 0, "was_paid": True}
    return News(drop_id=drop_id, public=public, private=public if private is None else private, **{**fields, **more})


@dataclass
class Wire:
    """A wire that brings what a test lets it bring: sets of ids, or an exception, which ends one connection.

    `heard` counts what whoever listens has worked through, and asked for more.
    """

    brings: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    connections: int = 0
    heard: int = 0

    async def listen(self) -> Any:
        self.connections += 1
        yield frozenset()
        while True:
            brought = await self.brings.get()
            if isinstance(brought, Exception):
                raise brought
            yield frozenset(brought)
            self.heard += 1


class Readings(dict[str, News]):
    """The state that the hub reads, put here by the test, with a count of how often it was asked."""

    asked = 0

    def __call__(self, ids: Any) -> dict[str, News]:
        self.asked += 1
        return {drop_id: self[drop_id] for drop_id in ids if drop_id in self}


class Site:
    """A hub with a wire and readings of the test's own, listening."""

    def __init__(self) -> None:
        self.wire, self.readings = Wire(), Readings()
        self.hub = Hub(self.readings, self.wire.listen)

    async def __aenter__(self) -> Site:
        self.hub.start()
        await until(lambda: self.hub.is_listening)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hub.stop()

    def happens(self, *changed: News) -> None:
        self.readings.update({one.drop_id: one for one in changed})
        self.wire.brings.put_nowait({one.drop_id for one in changed})


def read_events(written: bytes) -> list[tuple[str, dict[str, str], str]]:
    """Every event as (name, data, id); comments and `retry` are left out."""
    events = []
    for block in written.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "event" in lines:
            events.append((lines["event"], json.loads(lines["data"]), lines.get("id", "")))
    return events


def read_whole(events: Events) -> list[tuple[str, dict[str, str], str]]:
    """Every event of a stream in which nothing ever has to wait."""
    pieces, written = aiter(Stream(events, SimpleNamespace())), b""
    while True:
        try:
            anext(pieces).send(None)
        except StopIteration as piece:
            written += piece.value
        except StopAsyncIteration:
            return read_events(written)


def read_in_threads_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what a stream reads be read here, since nothing of a test is committed; and let nothing be read besides.

    The clock may ask the database, which the event loop must not: so it is among what is read.
    """
    asking: list[object] = []

    async def ask(call: Callable[[], Any]) -> Any:
        asking.append(call)
        try:
            return call()
        finally:
            asking.pop()

    def now() -> Any:
        assert asking, "The clock was read in the event loop."
        return NOON

    monkeypatch.setattr(threads, "ask", ask)
    monkeypatch.setattr(clock, "now", now)
