"""The threads of an ASGI process: few, kept, each with a database connection of its own that is kept as well.

Django's own ASGI handler gives each request a thread and holds it as long as its answer lasts, which for a stream is
as long as somebody looks at a page.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock, Semaphore
from typing import TypeVar

from django.db import close_old_connections

T = TypeVar("T")

# More threads than this only wait for Python's lock.
THREADS_MAX = min(8, 2 * (os.cpu_count() or 1) + 1)


class Threads:
    """So many kept threads. They tell for how long they have finished nothing while something waits for one."""

    def __init__(self, most: int, name: str) -> None:
        self.most, self.pool = most, ThreadPoolExecutor(most, thread_name_prefix=name)
        self.lock, self.underway, self.moved_at = Lock(), 0, time.monotonic()

    async def run(self, call: Callable[[], T]) -> T:
        self._count(1)
        work = self.pool.submit(call)
        work.add_done_callback(lambda _: self._count(-1))
        return await asyncio.wrap_future(work)

    def _count(self, more: int) -> None:
        with self.lock:
            # What has to wait for a thread moves nothing.
            if more < 0 or self.underway < self.most:
                self.moved_at = time.monotonic()
            self.underway += more

    @property
    def stuck_seconds(self) -> float:
        with self.lock:
            return time.monotonic() - self.moved_at if self.underway > self.most else 0.0


of_requests = Threads(THREADS_MAX, "clorp")
# To read a long form takes Python's lock for as long as it is long: one at a time, and none of the others waits for it.
of_long_forms = Threads(1, "clorp-form")
# Whoever asks whether this process is alive waits behind no request. It may not ask the database: it has no connection.
of_probes = Threads(1, "clorp-probe")


@contextmanager
def place_among(places: Semaphore, *, refusal: Callable[[], Exception], wait_seconds: float = 0) -> Iterator[None]:
    """Hold one of the places of what may keep few threads busy at once; raise `refusal()` where none gets free in time.

    Whoever waits holds a thread too.
    """
    if not places.acquire(timeout=wait_seconds):
        raise refusal()
    try:
        yield
    finally:
        places.release()


async def in_thread(call: Callable[[], T]) -> T:
    """Run `call` in a thread that may ask the database, and return its result."""
    return await of_requests.run(call)


async def ask(call: Callable[[], T]) -> T:
    """As `in_thread`, for what is no request: a connection that has died meanwhile is made anew."""

    def asked() -> T:
        close_old_connections()
        return call()

    return await in_thread(asked)
