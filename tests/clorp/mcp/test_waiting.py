"""Waiting for a result holds on until there is one, or for as long as was asked."""

from __future__ import annotations

import asyncio

import pytest

from tests.clorp.mcp.models import OWN_THREAD, call, key_of, model, served, talk
from tests.core.live.story import Wire
from tests.play import enter, finished_drop, judge, open_drop, ring

pytestmark = pytest.mark.django_db


def waited(drop, token, act):
    """The answer to a model that waits for `drop` while `act` happens and is announced."""
    wire = Wire()

    async def story(client):
        waiting = asyncio.create_task(client.call_tool("wait_for_result", {"job_id": str(drop.pk), "seconds": 15}))
        await asyncio.sleep(0)
        await OWN_THREAD.run_here(act)
        wire.brings.put_nowait({str(drop.pk)})
        return await waiting

    return talk(story, token, wire).structured_content


def test_it_is_heard_of_as_it_happens(sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    told = waited(drop, key_of(agent), lambda: judge(ring(drop), sender))
    assert (told["is_over"], told["grade"]) == (True, "A")
    assert [(entry["is_mine"], entry["is_winner"]) for entry in told["entries"]] == [(True, True)]


def test_a_sender_hears_when_it_is_theirs_to_judge(sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    told = waited(drop, key_of(sender), lambda: ring(drop))
    assert (told["is_over"], told["status"]) == (False, "ranking") and "picks" in told["allowed"]


def test_what_is_over_is_told_at_once(sender, agent):
    drop = finished_drop(sender, agent)
    assert call(key_of(agent), "wait_for_result", job_id=drop.pk)["is_over"]


def test_after_the_time_that_was_asked_it_says_how_things_stand(sender, agent):
    drop = open_drop(sender)
    told = call(key_of(agent), "wait_for_result", job_id=drop.pk, seconds=1)
    assert (told["is_over"], told["status"]) == (False, "open")
    assert "45" in call(key_of(agent), "wait_for_result", ends_well=False, job_id=drop.pk, seconds=46)


def test_a_wait_takes_a_place_until_the_end_of_the_server_ends_it(sender, agent):
    drop, key = open_drop(sender), key_of(agent)

    async def story():
        async with asyncio.timeout(20), served() as handler, model(handler, key) as client:
            waiting = asyncio.create_task(client.call_tool("wait_for_result", {"job_id": str(drop.pk)}))
            while not handler.hub.drop_mailboxes:
                await asyncio.sleep(0.01)
            taken = handler.hub.quota.taken()
            handler.hub.end_streams()
            return taken, (await waiting).structured_content["status"], handler.hub.quota.taken()

    assert OWN_THREAD.beside(story) == (1, "open", 0)
