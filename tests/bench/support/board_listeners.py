"""Five hundred programs that follow the board, and how soon they see what is posted."""

from __future__ import annotations

import asyncio
import json
import re
import time
from statistics import quantiles

from tests.bench.support.rows import Row, at_most
from tests.bench.support.serving import HOST

LISTENERS, POSTS = 500, 20
SEEN_SECONDS_MAX = 1.0
POST_EVERY_SECONDS = 1.3
PATIENCE_SECONDS = 240
ASK = "GET /api/board?pack=cook HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
OPENED = re.compile(rb'"title":"(post \d+)"')


class Listeners:
    """All streams together: when each of them saw which post."""

    def __init__(self, port: int) -> None:
        self.port, self.ready, self.due = port, asyncio.Semaphore(0), 0
        self.began: dict[bytes, float] = {}
        self.seconds: list[float] = []
        self.all_saw = asyncio.Event()

    async def listen(self) -> None:
        reader, writer = await asyncio.open_connection(HOST, self.port, limit=2**20)
        try:
            writer.write(ASK.encode())
            while line := await reader.readline():
                if line.startswith(b"event: current"):
                    self.ready.release()
                elif opened := OPENED.search(line):
                    self.saw(opened[1])
            raise RuntimeError("A stream of the board ended.")
        finally:
            writer.close()

    def saw(self, post: bytes) -> None:
        if post in self.began:
            self.seconds.append(time.perf_counter() - self.began[post])
            self.due -= 1
            if not self.due:
                self.all_saw.set()

    async def post(self, number: int, token: str) -> None:
        title = f"post {number}"
        self.due += LISTENERS
        self.all_saw.clear()
        self.began[title.encode()] = time.perf_counter()
        reader, writer = await asyncio.open_connection(HOST, self.port)
        terms = {"prompt": "Cook.", "pack": "cook", "price_cents": 100, "title": title, "confirmed": True}
        body = json.dumps(terms)
        head = f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(
            f"POST /api/jobs/run HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}\r\n{body}".encode()
        )
        answer = await reader.read()
        writer.close()
        if not answer.startswith(b"HTTP/1.1 201"):
            raise RuntimeError(f"A drop could not be posted: {answer[:300]!r}")


async def listen(port: int, token: str) -> list[Row]:
    listeners = Listeners(port)
    listening = [asyncio.create_task(listeners.listen()) for _ in range(LISTENERS)]
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            for _ in range(LISTENERS):
                await listeners.ready.acquire()
        for number in range(POSTS):
            await listeners.post(number, token)
            await asyncio.sleep(POST_EVERY_SECONDS)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await listeners.all_saw.wait()
    finally:
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    cuts = quantiles(listeners.seconds, n=100, method="inclusive")
    return [
        Row("live: programs that follow the board", LISTENERS, ""),
        Row("live: a post is seen on the board's stream, p50", cuts[49], "s"),
        at_most("live: a post is seen on the board's stream, p95", cuts[94], "s", SEEN_SECONDS_MAX),
    ]
