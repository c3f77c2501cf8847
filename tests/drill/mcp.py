"""Hundreds of calls a second at the door for models: refused kindly, never by a fault, and the site lives on."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import httpx2

from tests.bench.live import make_token
from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.scratch import scratch_database
from tests.bench.support.serving import HOST, web_server

CALLS, SECONDS = 500, 3
ACCEPTS = {"Accept": "application/json, text/event-stream", "Host": "localhost"}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "my_seats", "arguments": {}}}
WHO = {"strangers": None, "with a bad key": "clorp_pat_none", "one member": ""}


def run() -> list[Row]:
    rows: list[Row] = []
    for who, token in WHO.items():
        # Limits by address are counted for all that comes from this machine.
        with scratch_database() as url:
            key = alone(make_token, url=url) if token == "" else token
            with web_server(url) as served:
                rows += asyncio.run(storm(who, served.port, key))
    return rows


async def storm(who: str, port: int, key: str | None) -> list[Row]:
    """Send so many calls each second, whatever becomes of those before, and look after the site's health meanwhile."""
    headers = {**ACCEPTS, **({"Authorization": f"Bearer {key}"} if key else {})}
    limits = httpx2.Limits(max_connections=200)
    async with httpx2.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=60, limits=limits) as http:
        health = asyncio.create_task(watch(http))
        calls = []
        for _ in range(SECONDS):
            began = time.monotonic()
            calls += [asyncio.create_task(http.post("/mcp", json=CALL, headers=headers)) for _ in range(CALLS)]
            await asyncio.sleep(max(0.0, 1.0 - (time.monotonic() - began)))
        answers = await asyncio.gather(*calls)
        health.cancel()
    statuses = Counter(answer.status_code for answer in answers)
    refused = statuses[401] + statuses[429] + sum("throttled" in answer.text for answer in answers if answer.is_success)
    return [
        at_most(f"mcp: {who}: of {CALLS * SECONDS} calls, answered by a fault", count_faults(statuses), "", 0),
        at_least(f"mcp: {who}: refused in words", refused, "", 1),
    ]


def count_faults(statuses: Counter[int]) -> int:
    return sum(count for status, count in statuses.items() if status >= 500)


async def watch(http: httpx2.AsyncClient) -> None:
    while True:
        (await http.get("/healthz", headers={"Host": "localhost"})).raise_for_status()
        await asyncio.sleep(0.1)
