"""Alerts: a drop opens that a thousand people follow, and how soon each way tells them.

From the moment at which the drop is paid for over HTTP to the event on a follower's open page, the badge fetched as a
browser would, the webhook's call and the push service's. Web server and worker are production's; the receivers are a
double in this process, which takes its share of the machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from clorp.dev.up import worker_command
from tests.bench.live import PATIENCE_SECONDS, UNLIMITED, at
from tests.bench.support import fill
from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_most
from tests.bench.support.scratch import environment, scratch_database
from tests.bench.support.serving import HOST, free_port, web_server

FOLLOWERS, PAGES, BADGES, WEBHOOKS, BROWSERS = 1_000, 100, 10, 20, 20
DROPS = 10
SECONDS_MAX = 1.0
WAYS = {"page": PAGES, "badge": BADGES, "hook": WEBHOOKS, "push": BROWSERS}
NAMES = {"page": "an open page is told", "badge": "the badge shows", "hook": "a webhook is called", "push": "a push"}


def run() -> list[Row]:
    receiver = free_port()
    more = {**UNLIMITED, "WEBHOOKS_TO_PRIVATE": "1"}
    with scratch_database() as url:
        with fill.loading(url) as connection:
            fill.add_users(connection, FOLLOWERS, prefix="follower")
        # The clients' processes take it from here.
        os.environ["WEBHOOKS_TO_PRIVATE"] = "1"
        token, cookies = alone(prepare, receiver, url=url)
        with web_server(url, **more) as served, worker(url, more):
            story = asyncio.run(Story(served.port, receiver, token, cookies).tell())
    rows = [
        Row("alerts: followers", FOLLOWERS, ""),
        Row("alerts: load of the machine", os.getloadavg()[0], ""),
        Row("alerts: opening is answered, p50", at(story.answers, 50), "s"),
    ]
    for way, name in NAMES.items():
        rows += [
            Row(f"alerts: {name}, p50", at(story.arrivals[way], 50), "s"),
            at_most(f"alerts: {name}, p95", at(story.arrivals[way], 95), "s", SECONDS_MAX),
        ]
    return rows


@contextmanager
def worker(url: str, more: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(worker_command(), env=environment(url, **more))
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def prepare(start: Callable[[], None], receiver: int) -> tuple[str, list[str]]:
    """Let everybody follow everything; some have a page open, a webhook, a browser. Returns a key and cookies."""
    from django.conf import settings

    from accounts.keys import create_key
    from accounts.models import PushSubscription, User, WebhookEndpoint
    from core import clock
    from drops.models import Alert
    from tests.browsers import signed_in
    from tests.push_double import Browser
    from wallet.books import ledger

    now, base = clock.now(), f"http://{HOST}:{receiver}"
    people = list(User.objects.order_by("email"))
    Alert.objects.bulk_create(Alert(user=user, created_at=now) for user in people)
    for number, user in enumerate(people[:WEBHOOKS]):
        WebhookEndpoint.objects.create(user=user, url=f"{base}/hook/{number}", created_at=now)
    for number, user in enumerate(people[-BROWSERS:]):
        known = {**Browser(f"{base}/push/{number}").keys, "label": "Bench", "created_at": now}
        PushSubscription.objects.create(user=user, **known)
    sender = User.objects.create_user("sender@bench.test", name="Sender")
    ledger.grant_play_money(user=sender, amount_cents=100_000, token="bench", now=now)
    name = settings.SESSION_COOKIE_NAME
    cookies = [f"{name}={signed_in(user).cookies[name].value}" for user in people[: PAGES + BADGES]]
    return str(create_key(user=sender, name="bench", scopes=None, now=now)[1]), cookies


@dataclass
class Story:
    """Drops are opened one after the other; the next once everybody heard of the one before."""

    port: int
    receiver: int
    token: str
    cookies: list[str]
    began: float = 0.0
    due: int = 0
    arrivals: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in WAYS})
    answers: list[float] = field(default_factory=list)
    all_heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def tell(self) -> Story:
        async with AsyncExitStack() as stack:
            server = await asyncio.start_server(self.receive, HOST, self.receiver)
            stack.push_async_callback(server.wait_closed)
            stack.callback(server.close)
            ready = [asyncio.Event() for _ in self.cookies]
            pages = [self.look(cookie, number, ready[number]) for number, cookie in enumerate(self.cookies)]
            looking = [asyncio.create_task(page) for page in pages]
            stack.callback(lambda: [task.cancel() for task in looking])
            await within(asyncio.gather(*(event.wait() for event in ready)))
            # The worker starts, and its first announcements wake it, before anything is measured.
            await self.open_one()
            self.arrivals, self.answers = {way: [] for way in WAYS}, []
            for _ in range(DROPS):
                await self.open_one()
        return self

    async def open_one(self) -> None:
        self.due, self.began = sum(WAYS.values()), time.perf_counter()
        self.all_heard.clear()
        body = json.dumps({"prompt": "Name my ferry.", "price_cents": 100, "confirmed": True})
        head = f"Authorization: Bearer {self.token}\r\nContent-Type: application/json\r\n"
        await self.ask("POST", "/api/jobs/run", head, body)
        self.answers.append(time.perf_counter() - self.began)
        await within(self.all_heard.wait())

    def hear(self, way: str) -> None:
        self.arrivals[way].append(time.perf_counter() - self.began)
        self.due -= 1
        if not self.due:
            self.all_heard.set()

    async def look(self, cookie: str, number: int, ready: asyncio.Event) -> None:
        """Hold a follower's page open; some of them fetch the badge whenever they are told to."""
        reader, writer = await asyncio.open_connection(HOST, self.port)
        head = f"GET /live/me HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"
        writer.write(head.encode())
        await reader.readuntil(b"\r\n\r\n")
        ready.set()
        while line := await reader.readline():
            if line.startswith(b"event: bell"):
                if number >= PAGES:
                    await self.ask("GET", "/me/tools", f"Cookie: {cookie}\r\n")
                self.hear("badge" if number >= PAGES else "page")
        raise RuntimeError("A stream ended.")

    async def ask(self, method: str, path: str, head: str, body: str = "") -> bytes:
        """The body of a 2xx answer, over a connection of its own."""
        reader, writer = await asyncio.open_connection(HOST, self.port)
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}{length}\r\n{body}".encode()
        )
        answer = await reader.read()
        writer.close()
        if not answer.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(f"{method} {path}: {answer[:300]!r}")
        return answer

    async def receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a webhook's message or a push, as the services do that are called."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:"))
        await reader.readexactly(length)
        self.hear(head.split("/")[1])
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


async def within(what: Awaitable[Any]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await what
