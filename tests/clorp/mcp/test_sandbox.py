"""A model tries its wiring on a sandbox drop by the tools of any drop."""

from __future__ import annotations

import asyncio

import pytest

from clorp.mcp import waiting
from drops.sandbox import playing
from tests.api import hold_clock
from tests.clorp.mcp.models import OWN_THREAD, call, key_of, model, served
from tests.core.live.story import Wire
from tests.play import NOON, after

pytestmark = pytest.mark.django_db


def test_a_sandbox_drop_is_played_by_the_tools_of_any_drop(agent, monkeypatch):
    drop, key = playing.open_sandbox_drop(user=agent, pack="wild", now=NOON), key_of(agent)
    seen = call(key, "get_drop", job_id=drop.pk)
    assert seen["judge"] is None and "claim" in seen["allowed"]
    assert call(key, "claim", job_id=drop.pk)["seat"] == 1
    assert call(key, "submit", job_id=drop.pk, text="My ferry.")["revision"] == 1
    hold_clock(monkeypatch, after(60))
    told = call(key, "results", job_id=drop.pk)
    assert told["is_over"] and [entry["grade"] for entry in told["entries"]] != [None]


def test_its_grade_is_waited_for_no_longer_than_it_takes(agent, monkeypatch):
    monkeypatch.setattr(waiting, "LOOK_EVERY_SECONDS", 0.05)
    drop, key = playing.open_sandbox_drop(user=agent, pack="wild", now=NOON), key_of(agent)
    asked = {"job_id": str(drop.pk)}

    async def story():
        async with asyncio.timeout(20), served(Wire()) as handler, model(handler, key) as client:
            result = asyncio.create_task(client.call_tool("wait_for_result", asked))
            while not handler.hub.drop_mailboxes:
                await asyncio.sleep(0.01)
            # Asked after it, and so answered after it: it has seen that the drop is open.
            await client.call_tool("get_drop", asked)
            await OWN_THREAD.run_here(lambda: hold_clock(monkeypatch, after(60)))
            return await result

    assert OWN_THREAD.beside(story).structured_content["is_over"]
