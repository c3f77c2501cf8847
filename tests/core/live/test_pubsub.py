"""News is heard after the commit and only then, by either wire, and a wire that dies says so."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import aclosing

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction

from core.live import pubsub
from tests.core.live.story import soon, tell
from tests.play import undone

A, B = uuid.uuid4(), uuid.uuid4()
NOBODY = "redis://127.0.0.1:1/0"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["postgres", pytest.param("redis", marks=pytest.mark.needs_redis)])
def wire(request, settings):
    settings.REDIS_URL = request.getfixturevalue("redis_url") if request.param == "redis" else ""


def in_database(call):
    """Do it in a thread that leaves no connection behind."""

    def done():
        try:
            return call()
        finally:
            connections.close_all()

    return sync_to_async(done, thread_sensitive=False)()


@pytest.mark.usefixtures("wire")
def test_what_is_announced_is_heard_once_it_is_committed():
    def announce_late():
        with transaction.atomic():
            pubsub.announce([A])
            pubsub.announce([])

    async def story():
        async with aclosing(pubsub.listen()) as heard:
            assert await soon(anext(heard)) == frozenset()
            await in_database(announce_late)
            assert await soon(anext(heard)) == {str(A)}

    tell(story)


@pytest.mark.usefixtures("wire")
def test_what_is_rolled_back_is_never_heard():
    async def story():
        async with aclosing(pubsub.listen()) as heard:
            await soon(anext(heard))
            await in_database(lambda: undone(pubsub.announce, [A]))
            await in_database(lambda: pubsub.announce([B]))
            assert await soon(anext(heard)) == {str(B)}

    tell(story)


@pytest.mark.usefixtures("wire")
def test_a_batch_larger_than_one_note_arrives_whole():
    many = [uuid.uuid4() for _ in range(2 * pubsub.IDS_IN_A_NOTE + 1)]

    async def story():
        heard = set()
        async with aclosing(pubsub.listen()) as wire:
            await soon(anext(wire))
            await in_database(lambda: pubsub.announce(many))
            while len(heard) < len(many):
                heard |= await soon(anext(wire))
        assert heard == {str(drop_id) for drop_id in many}

    tell(story)


@pytest.mark.usefixtures("wire")
def test_a_silent_wire_is_asked_and_goes_on(monkeypatch):
    monkeypatch.setattr(pubsub, "QUIET_SECONDS_MAX", 0.05)

    async def story():
        async with aclosing(pubsub.listen()) as heard:
            await soon(anext(heard))
            later = asyncio.create_task(anext(heard))
            await asyncio.sleep(0.3)
            assert not later.done()
            await in_database(lambda: pubsub.announce([A]))
            assert await soon(later) == {str(A)}

    tell(story)


def test_a_listener_whose_connection_is_cut_raises_what_the_hub_expects(settings):
    settings.REDIS_URL = ""
    cut = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE query LIKE 'LISTEN clorp%' AND datname = current_database()"""

    async def story():
        async with aclosing(pubsub.listen()) as heard:
            await soon(anext(heard))
            await in_database(lambda: connection.cursor().execute(cut))
            with pytest.raises(pubsub.LOST):
                await soon(anext(heard))

    tell(story)


def test_a_redis_that_is_away_fails_no_verb_and_is_left_alone_for_a_while(settings, caplog):
    settings.REDIS_URL = NOBODY
    pubsub.announce([A])
    pubsub.announce([A])
    assert caplog.text.count("Redis is away") == 1


def test_listening_to_a_redis_that_is_away_raises_what_the_hub_expects(settings):
    async def story():
        async with aclosing(pubsub.listen()) as heard:
            with pytest.raises(pubsub.LOST):
                await soon(anext(heard))

    settings.REDIS_URL = NOBODY
    tell(story)
