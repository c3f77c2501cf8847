"""The threads of an ASGI process: few, kept, each with a database connection of its own that is kept as well.

Django's own ASGI handler gives each request a thread and holds it as long as its answer lasts, which for a stream is
as long as somebody looks at a page.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Semaphore
from typing import TypeVar

from django.db import close_old_connections

T = TypeVar("T")

# More threads than this only wait for Python's lock.
THREADS_MAX = min(8, 2 * (os.cpu_count() or 1) + 1)

_threads = ThreadPoolExecutor(THREADS_MAX, thread_name_prefix="clorp")


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
    return await asyncio.get_running_loop().run_in_executor(_threads, call)


async def ask(call: Callable[[], T]) -> T:
    """As `in_thread`, for what is no request: a connection that has died meanwhile is made anew."""

    def asked() -> T:
        close_old_connections()
        return call()

    return await in_thread(asked)
