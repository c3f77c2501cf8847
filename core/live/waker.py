"""Work that should follow a change at once: a thread that hears what is announced, and then has a look at the table.

It enqueues nothing and is told nothing but that something changed: what it misses, the periodic task finds a little
later.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from core.live import pubsub, threads
from core.live.pubsub import Ids

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0


class Waker:
    """Do `work` whenever a drop was announced, or somebody calls `wake`; never twice at the same time.

    What is announced while it works is one more look afterwards, however much it is.
    """

    def __init__(
        self, work: Callable[[], object], listen: Callable[[], AsyncGenerator[Ids, None]] = pubsub.listen
    ) -> None:
        self.work, self.listen = work, listen
        self.rung = asyncio.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin, in a thread that ends with the process."""
        threading.Thread(target=lambda: asyncio.run(self.run()), name="waker", daemon=True).start()

    def wake(self) -> None:
        """Have the work done soon; from any thread."""
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.rung.set)

    async def run(self) -> None:
        self.loop = asyncio.get_running_loop()
        await asyncio.gather(self._listen_for_good(), self._work_when_rung())

    async def _listen_for_good(self) -> None:
        while True:
            try:
                async with aclosing(self.listen()) as wire:
                    async for names in wire:
                        # An empty set: heard from now on, so what was announced before may have been missed.
                        if not names or any(not name.startswith(pubsub.PERSON) for name in names):
                            self.rung.set()
            except pubsub.LOST as error:
                log.warning("The wire that wakes a worker is gone (%s); trying again.", type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    async def _work_when_rung(self) -> None:
        while True:
            await self.rung.wait()
            self.rung.clear()
            try:
                await threads.ask(self.work)
            except Exception:
                log.exception("woken work failed")
