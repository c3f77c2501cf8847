"""The time that a model's tool takes more than the same call by the API, of the same server and by the same key."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import quantiles

import httpx2
import psycopg
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.bench.live import UNLIMITED, make_token
from tests.bench.support import fill
from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_most
from tests.bench.support.scratch import scratch_database
from tests.bench.support.serving import HOST, Served, web_server

CALLS, WARM = 300, 30
LONGER_MILLISECONDS_MAX = 10.0

Call = Callable[[], Awaitable[object]]


def run() -> list[Row]:
    with scratch_database() as url:
        with fill.loading(url) as connection:
            fill.add_users(connection, 1, prefix="sender")
            fill.add_open_drops(connection, 20, closes_at="now() + interval '1 hour'")
        token = alone(make_token, url=url)
        with psycopg.connect(url) as connection:
            (drop,) = connection.execute("SELECT id FROM drops_drop LIMIT 1").fetchone() or ("",)
        with web_server(url, **UNLIMITED) as served:
            return asyncio.run(compare(served, str(drop), token))


async def compare(served: Served, drop: str, token: str) -> list[Row]:
    headers = {"Authorization": f"Bearer {token}", "Host": "localhost"}
    site = f"http://{HOST}:{served.port}"
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(f"{site}/mcp", http_client=http)) as client,
    ):
        by_api, by_tool = await timed(
            lambda: http.get(f"{site}/api/jobs/{drop}"), lambda: client.call_tool("get_drop", {"job_id": drop})
        )
    return [
        Row("mcp: get_job by the API, p95", by_api, "ms"),
        Row("mcp: get_drop by its tool, p95", by_tool, "ms"),
        at_most("mcp: the tool takes longer by, p95", by_tool - by_api, "ms", LONGER_MILLISECONDS_MAX),
    ]


async def timed(*calls: Call) -> list[float]:
    """Return the 95th percentile of how many milliseconds each call takes, in turns, so that all meet one noise."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(WARM + CALLS):
        for call, mine in zip(calls, taken, strict=True):
            began = time.perf_counter()
            await call()
            mine.append((time.perf_counter() - began) * 1_000)
    return [quantiles(mine[WARM:], n=100, method="inclusive")[94] for mine in taken]
