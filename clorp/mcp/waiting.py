"""Waiting for a drop to end, holding neither a thread nor a connection of the database meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from core.live.guest import Visit
from core.live.hub import Hub
from core.live.mailbox import Closed
from core.live.stream_quota import Place

# Proxies cut what is silent for a minute.
WAIT_SECONDS_MAX = 45
# Where the hub hears nothing, or has no place left.
LOOK_EVERY_SECONDS = 3.0

# Waits for so many seconds at most, or until something is heard of the drop.
Next = Callable[[float], Awaitable[object]]


@asynccontextmanager
async def news_of(visit: Visit, job_id: UUID) -> AsyncIterator[Next]:
    """Follow a drop by the hub. Where that can't be, looking from time to time has to do."""
    place = _place_in(visit.hub, visit)
    if visit.hub is None or place is None:
        yield lambda seconds: asyncio.sleep(min(seconds, LOOK_EVERY_SECONDS))
        return
    try:
        with visit.hub.follow(str(job_id)) as mailbox:
            yield lambda seconds: mailbox.next(seconds=seconds)
    finally:
        place.give_back()


def _place_in(hub: Hub | None, visit: Visit) -> Place | None:
    return hub.quota.take_place(visit.request, visit.user) if hub and hub.is_listening else None


async def wait_until(done: Callable[[], Awaitable[bool]], next_news: Next, *, seconds: float) -> None:
    """Wait until `done` says so, asked whenever there are news, or for so long. The server's end ends it too."""
    end = time.monotonic() + seconds
    with suppress(Closed):
        while not await done() and (left := end - time.monotonic()) > 0:
            await next_news(left)
