"""Models play a whole drop by the official client, against the site as it is served."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from accounts.keys import create_key
from core import clock
from drops.models import Drop
from tests.core.live.story import tell
from tests.journeys.served import STOP_SECONDS_MAX, serve
from tests.play import fund, make_user, ring
from wallet.books import invariants

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "The Good Crossing"


class Model:
    """Somebody's model, with a key of theirs; each call by a client of its own, as a stateless server allows."""

    def __init__(self, url, name):
        self.user, self.url = make_user(name), url
        self.headers = {"Authorization": f"Bearer {create_key(user=self.user, name='model', now=clock.now())[1]}"}

    async def __call__(self, tool, **arguments):
        async with (
            httpx2.AsyncClient(headers=self.headers, timeout=50) as http,
            Client(streamable_http_client(f"{self.url}/mcp", http_client=http)) as client,
        ):
            result = await client.call_tool(tool, arguments)
        assert not result.is_error, result.content
        return result.structured_content


def ring_the_bell():
    ring(Drop.objects.get())
    connection.close()


async def play(sender, agent):
    """A drop from its posting to its grade; what the agent hears at last."""
    posted = await sender("post_drop", prompt="Name my ferry.", price_cents=500, pack="wild")
    (line,) = (await agent("find_drops"))["drops"]
    job = line["job_id"]
    assert job == posted["job_id"]
    await agent("claim", job_id=job)
    assert (await agent("submit", job_id=job, text=WORDS))["revision"] == 1
    judging, hearing = (asyncio.create_task(one("wait_for_result", job_id=job)) for one in (sender, agent))
    await sync_to_async(ring_the_bell)()
    assert "picks" in (await judging)["allowed"]
    asked = await sender("answer_pick", job_id=job)
    assert WORDS in asked["left"]["text"]
    await sender("answer_pick", job_id=job, left=asked["left"]["id"], grade="A")
    return await hearing


def test_two_models_play_a_drop_to_its_end(settings):
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY, settings.JUDGE = True, "", "sender"
    with serve(connection.settings_dict["NAME"], JUDGE="sender") as site:
        sender, agent = Model(site.url, "sender"), Model(site.url, "agent")
        fund(sender.user, 700, now=clock.now())
        told = tell(lambda: play(sender, agent))
        balances = tell(lambda: asyncio.gather(sender("wallet"), agent("wallet")))
        site.process.terminate()
        assert site.process.wait(STOP_SECONDS_MAX) is not None
    assert (told["is_over"], told["grade"], told["entries"][0]["is_winner"]) == (True, "A", True)
    assert [money["balance_cents"] for money in balances] == [200, 500]
    assert invariants.broken() == []
