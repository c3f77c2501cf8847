"""Work that follows an announcement at once, and only one at a time."""

import asyncio
import threading
from contextlib import asynccontextmanager, suppress

import pytest

from core.live import pubsub, waker
from core.live.waker import Waker
from tests.core.live.story import Wire, tell, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(waker, "RETRY_SECONDS", 0.01)


@asynccontextmanager
async def awake(work):
    wire = Wire()
    running = Waker(work, wire.listen)
    task = asyncio.create_task(running.run())
    try:
        await until(lambda: wire.connections == 1)
        yield running, wire
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def test_it_works_when_it_begins_to_listen_and_whenever_a_drop_is_announced():
    done = []

    async def story():
        async with awake(lambda: done.append(1)) as (_, wire):
            await until(lambda: len(done) == 1)
            wire.brings.put_nowait({"a-drop"})
            await until(lambda: len(done) == 2)

    tell(story)


def test_that_somebody_was_told_something_is_no_reason_to_work():
    done = []

    async def story():
        async with awake(lambda: done.append(1)) as (running, wire):
            await until(lambda: len(done) == 1)
            wire.brings.put_nowait({pubsub.PERSON + "ada"})
            await until(lambda: wire.heard == 1)
            assert not running.rung.is_set()

    tell(story)
    assert len(done) == 1


def test_what_comes_while_it_works_is_one_more_look_however_much_it_is():
    done, go_on = [], threading.Event()

    def work():
        done.append(1)
        assert go_on.wait(10)

    async def story():
        async with awake(work) as (running, wire):
            await until(lambda: len(done) == 1)
            for number in range(5):
                wire.brings.put_nowait({f"drop{number}"})
            await until(wire.brings.empty)
            await until(running.rung.is_set)
            assert len(done) == 1
            go_on.set()
            await until(lambda: len(done) == 2 and not running.rung.is_set())

    tell(story)
    assert len(done) == 2


def test_a_wire_that_dies_is_taken_up_again_and_what_was_missed_is_looked_for():
    done = []

    async def story():
        async with awake(lambda: done.append(1)) as (_, wire):
            await until(lambda: len(done) == 1)
            wire.brings.put_nowait(ConnectionError("gone"))
            await until(lambda: wire.connections == 2 and len(done) == 2)

    tell(story)


def test_work_that_fails_is_done_again_at_the_next_call():
    done = []

    def work():
        done.append(1)
        raise RuntimeError("no")

    async def story():
        async with awake(work) as (running, _):
            await until(lambda: len(done) == 1)
            running.wake()
            await until(lambda: len(done) == 2)

    tell(story)
