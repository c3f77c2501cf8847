"""The wire between whoever changes something and whoever shows it: Redis where there is one, else PostgreSQL's NOTIFY.

Only names travel, those of drops and of people who were told something: a listener reads what became of a drop, and
shows each reader what that reader may see. News is said after the commit, in no transaction of its verb's: a NOTIFY
inside would queue all commits behind one lock while they wait for the disk. News that is lost with a crash costs an
open page until its next slow look and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from functools import cache
from uuid import UUID

import psycopg
import redis
import redis.asyncio
from django.conf import settings
from django.db import connection, transaction

from core.redis_away import ask_redis

Ids = frozenset[str]

CHANNEL = "clorp_live"
PERSON = "user:"
# A NOTIFY holds less than 8,000 bytes, and a name has 41 at most.
IDS_IN_A_NOTE = 190
# How long a wire may be silent before it is asked whether it is still there, and how long the answer may take.
QUIET_SECONDS_MAX = 20.0
ANSWER_SECONDS_MAX = 5.0
REDIS_SECONDS_MAX = 1.0

# A timeout is an OSError too.
LOST: tuple[type[Exception], ...] = (OSError, psycopg.Error, redis.RedisError)


def announce(drop_ids: Iterable[UUID]) -> None:
    """Say that these drops have changed, once the transaction has committed; never fails whoever calls it."""
    _say_after_commit([str(drop_id) for drop_id in drop_ids])


def ring_for(user_ids: Iterable[UUID]) -> None:
    """Say likewise that what these people were told has changed: the unread badge in their open pages."""
    _say_after_commit([person(user_id) for user_id in user_ids])


def person(user_id: UUID) -> str:
    """A user's name on the wire."""
    return f"{PERSON}{user_id}"


def _say_after_commit(ids: list[str]) -> None:
    if ids:
        transaction.on_commit(lambda: publish(ids), robust=True)


def publish(ids: list[str]) -> None:
    """Say now that these have changed."""
    notes = [" ".join(ids[start : start + IDS_IN_A_NOTE]) for start in range(0, len(ids), IDS_IN_A_NOTE)]
    if settings.REDIS_URL:
        _say_by_redis(notes)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, note) FROM unnest(%s::text[]) AS note", [CHANNEL, notes])


def _say_by_redis(notes: list[str]) -> None:
    def say() -> None:
        for note in notes:
            _client(settings.REDIS_URL).publish(redis_channel(), note)

    ask_redis(settings.REDIS_URL, say, None, meanwhile="open pages look by themselves")


@cache
def _client(url: str) -> redis.Redis:
    return redis.from_url(url, socket_timeout=REDIS_SECONDS_MAX, socket_connect_timeout=REDIS_SECONDS_MAX)


def redis_channel() -> str:
    """One for each database: a Redis may serve several sites, and its channels know no database numbers."""
    return f"{CHANNEL}:{connection.settings_dict['NAME']}"


def listen() -> AsyncGenerator[Ids, None]:
    """Names as they are announced. The first set is empty: from then on nothing is missed. Raises one of LOST."""
    return _from_redis(settings.REDIS_URL) if settings.REDIS_URL else _from_postgres()


async def _from_postgres() -> AsyncGenerator[Ids, None]:
    given = connection.get_connection_params()
    names = {name: given[name] for name in given if name not in {"context", "cursor_factory", "pool"}}
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        line = await psycopg.AsyncConnection.connect(**{**names, "autocommit": True})
    async with line:
        await line.execute(f"LISTEN {CHANNEL}")
        yield frozenset()
        while True:
            heard = [note.payload async for note in line.notifies(timeout=QUIET_SECONDS_MAX, stop_after=1)]
            if heard:
                yield frozenset(drop_id for note in heard for drop_id in note.split())
                continue
            # A connection that died on the way is as silent as one on which nothing happens.
            # Asked by what it is there for, which is all that the server's list of connections shows of it.
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                await line.execute(f"LISTEN {CHANNEL}")


async def _from_redis(url: str) -> AsyncGenerator[Ids, None]:
    client = redis.asyncio.from_url(url, socket_connect_timeout=ANSWER_SECONDS_MAX)
    async with client, client.pubsub() as pubsub:
        await pubsub.subscribe(redis_channel())
        asked = False
        while True:
            note = await pubsub.get_message(timeout=ANSWER_SECONDS_MAX if asked else QUIET_SECONDS_MAX)
            if note is None and asked:
                raise TimeoutError("Redis does not answer.")
            if note is None:
                await pubsub.ping()
            asked = note is None
            if note is not None and note["type"] == "subscribe":
                yield frozenset()
            elif note is not None and note["type"] == "message":
                yield frozenset(note["data"].decode().split())
