"""Live pages: 500 streams held open by one process, and how soon a claim shows on them.

"Shows" is all of the way: the claim is sent over HTTP, committed, announced, read and written to the stream, and the
page's part is fetched as a browser would. Who watches runs on the same machine and takes its share of it.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import psycopg

from tests.bench.memory import KIB_IN_MIB, tree_mib
from tests.bench.support import board_listeners, fill
from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_most
from tests.bench.support.scratch import scratch_database
from tests.bench.support.serving import HOST, Served, web_server

DROPS = 100
WATCHERS_EACH = 5
STREAMS = DROPS * WATCHERS_EACH
CLAIM_EVERY_SECONDS = 0.2
SHOWN_SECONDS_MAX = 1.0
CONNECTION_KIB_MAX = 150
SETTLE_SECONDS = 3
PATIENCE_SECONDS = 60
UNLIMITED = dict.fromkeys(
    (
        "LIVE_STREAMS_PER_ADDRESS_MAX",
        "PAGES_ANONYMOUS_PER_MINUTE",
        "API_ANONYMOUS_PER_MINUTE",
        "API_USER_PER_MINUTE",
        "PAGES_PER_MINUTE",
        "ACTIVE_CLAIMS_MAX",
        "SEATS_GIVEN_UP_PER_DAY",
    ),
    "1000000",
)


def run() -> list[Row]:
    with scratch_database() as url:
        with fill.loading(url) as connection:
            fill.add_users(connection, 1, prefix="sender")
            fill.add_open_drops(connection, DROPS + 1, closes_at="now() + interval '1 hour'")
            connection.execute("UPDATE drops_drop SET claims_count = 0, submissions_count = 0")
        token = alone(make_token, url=url)
        with psycopg.connect(url) as connection:
            drops = [
                str(row[0]) for row in connection.execute("SELECT id FROM drops_drop WHERE status = 'open' ORDER BY id")
            ]
        with web_server(url, **UNLIMITED) as served:
            rows = asyncio.run(watch(served, drops, token))
            return [*rows, *asyncio.run(board_listeners.listen(served.port, token))]


def make_token(start: Callable[[], None]) -> str:
    from accounts.keys import create_key
    from accounts.models import User
    from core import clock
    from tests import play
    from wallet.books import ledger

    agent = User.objects.create_user("agent@bench.test", name="Agent")
    ledger.grant_play_money(user=agent, amount_cents=100_000, token="bench", now=clock.now())
    # Newcomers hold one seat.
    play.prove(agent, now=clock.now())
    return str(create_key(user=agent, name="bench", scopes=None, now=clock.now())[1])


async def watch(served: Served, drops: list[str], token: str) -> list[Row]:
    *many, one = drops
    await asyncio.gather(*(get(served.port, f"/drops/{drop}/live") for drop in drops[:40]))
    await asyncio.sleep(SETTLE_SECONDS)
    before = memory_mib(served)
    async with AsyncExitStack() as open_streams:
        watchers = [Watcher(served.port, drop) for drop in many for _ in range(WATCHERS_EACH)]
        await open_all(watchers, open_streams)
        await asyncio.sleep(SETTLE_SECONDS)
        held = memory_mib(served)
        shown = await claims_shown(served.port, watchers, many, token)
    async with AsyncExitStack() as open_streams:
        watchers = [Watcher(served.port, one, fetches=False) for _ in range(STREAMS)]
        await open_all(watchers, open_streams)
        told = await claims_shown(served.port, watchers, [one], token)
    return [
        Row("live: streams held", STREAMS, ""),
        Row("live: a claim shows elsewhere, p50", at(shown, 50), "s"),
        at_most("live: a claim shows elsewhere, p95", at(shown, 95), "s", SHOWN_SECONDS_MAX),
        at_most("live: all streams on one drop told, p95", at(told, 95), "s", SHOWN_SECONDS_MAX),
        *memory_rows(before, held),
    ]


def memory_mib(served: Served) -> float | None:
    return tree_mib(served.pid) if Path("/proc/self/smaps_rollup").exists() else None


def memory_rows(before: float | None, held: float | None) -> list[Row]:
    if before is None or held is None:
        print("live: memory not measured, it is read from Linux's /proc", file=sys.stderr)
        return []
    each = (held - before) * KIB_IN_MIB / STREAMS
    return [
        Row("live: server at rest", before, "MiB"),
        at_most("live: memory each stream", each, "KiB", CONNECTION_KIB_MAX),
    ]


def at(seconds: list[float], percentile: int) -> float:
    return quantiles(seconds, n=100, method="inclusive")[percentile - 1]


@dataclass
class Watcher:
    """One open page: its stream and, where it `fetches`, the part of the page that it asks for when told to."""

    port: int
    drop: str
    fetches: bool = True
    done_at: float = 0.0
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def look(self) -> None:
        reader, writer = await asyncio.open_connection(HOST, self.port)
        try:
            writer.write(f"GET /live/drops/{self.drop} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            while True:
                line = await reader.readline()
                if not line:
                    raise RuntimeError(f"The stream of {self.drop} ended.")
                if line.startswith(b"event: change"):
                    await self.told()
        finally:
            writer.close()

    async def told(self) -> None:
        if not self.ready.is_set():  # The first event says how things stand.
            self.ready.set()
            return
        if self.fetches:
            part = await get(self.port, f"/drops/{self.drop}/live")
            if b"at work" not in part:
                raise RuntimeError("The claim was announced and does not show.")
        self.done_at = time.perf_counter()
        self.done.set()


async def open_all(watchers: list[Watcher], stack: AsyncExitStack) -> None:
    looking = [asyncio.create_task(watcher.look()) for watcher in watchers]

    async def stop() -> None:
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)

    stack.push_async_callback(stop)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*(watcher.ready.wait() for watcher in watchers))


async def claims_shown(port: int, watchers: list[Watcher], drops: list[str], token: str) -> list[float]:
    """Claim each drop, one after the other; the seconds from sending a claim to each watcher's being done."""
    began = {}
    for drop in drops:
        began[drop] = time.perf_counter()
        await get(port, f"/api/jobs/{drop}/claim", method="POST", token=token)
        await asyncio.sleep(max(0.0, CLAIM_EVERY_SECONDS - (time.perf_counter() - began[drop])))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*(watcher.done.wait() for watcher in watchers))
    return [watcher.done_at - began[watcher.drop] for watcher in watchers]


async def get(port: int, path: str, *, method: str = "GET", token: str = "") -> bytes:
    """The body of a 2xx answer, over a connection of its own."""
    reader, writer = await asyncio.open_connection(HOST, port)
    login = f"Authorization: Bearer {token}\r\nContent-Length: 0\r\n" if token else ""
    try:
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{login}\r\n".encode())
        answer = await reader.read()
    finally:
        writer.close()
    if not re.match(rb"HTTP/1.1 2\d\d", answer):
        raise RuntimeError(f"{method} {path}: {answer[:200]!r}")
    return answer
