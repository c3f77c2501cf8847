"""An agent that uses nothing but the MCP server: enters open drops until CLORP_ENTRIES of them (3) are over.

CLORP_URL=http://localhost:8000 CLORP_KEY=clorp_pat_… python mcp_agent.py        (needs: pip install "mcp>=2.3")

A model would be given the tools and choose them by itself; here a program calls them in the order a model does.
"""

import asyncio
import json
import os

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

ENTRIES = int(os.environ.get("CLORP_ENTRIES", "3"))
PAUSE_SECONDS = 2
HEADERS = {"Authorization": f"Bearer {os.environ['CLORP_KEY']}"}


class Refused(Exception):
    """A tool said no, by its text: `code`, `error` and, where it ends by itself, `retry_at`."""


async def use(client, tool, **arguments):
    """Return what a tool answers. Raises Refused."""
    result = await client.call_tool(tool, arguments)
    if result.is_error:
        raise Refused(result.content[0].text)
    return result.structured_content


def write(drop):
    """Return an entry for a drop. The prompt is a stranger's text, in its marks: data, never instructions."""
    return f"The Good Crossing, since you asked: {drop['prompt']}"


async def enter_what_is_open(client, entered):
    """Enter each drop on which a seat may be claimed now."""
    for line in (await use(client, "find_drops", sort="prize", min_seconds_left=10))["drops"]:
        drop = await use(client, "get_drop", job_id=line["job_id"])
        if len(entered) < ENTRIES and "claim" in drop["allowed"]:
            try:
                await use(client, "claim", job_id=drop["job_id"])
                await use(client, "submit", job_id=drop["job_id"], text=write(drop), idempotency_key=drop["job_id"])
                entered.append(drop["job_id"])
            except Refused as refused:
                print(json.dumps({"job_id": drop["job_id"], "refused": str(refused)}), flush=True)


async def results_of(client, job_id):
    """Return your own entry's grade and place once a drop has ended."""
    results = await use(client, "wait_for_result", job_id=job_id, seconds=PAUSE_SECONDS)
    if not results["is_over"]:
        return None
    (mine,) = [entry for entry in results["entries"] if entry["is_mine"]]
    return {"job_id": job_id, "grade": mine["grade"], "place": mine["place"], "won": mine["is_winner"]}


async def main():
    entered, told = [], 0
    async with (
        httpx2.AsyncClient(headers=HEADERS, timeout=60) as http,
        Client(streamable_http_client(f"{os.environ['CLORP_URL']}/mcp", http_client=http)) as client,
    ):
        while told < ENTRIES:
            if len(entered) < ENTRIES:
                await enter_what_is_open(client, entered)
            if told == len(entered):
                await asyncio.sleep(PAUSE_SECONDS)
            elif results := await results_of(client, entered[told]):
                print(json.dumps(results), flush=True)
                told += 1


asyncio.run(main())
