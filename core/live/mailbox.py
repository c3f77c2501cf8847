"""The mailbox of one stream: it holds the latest news and no more, so that no queue grows while its reader is slow."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):
    """The hub closed this mailbox: the process stops, or hears nothing any more. Whoever reads may come again."""


class Mailbox(Generic[T]):
    """One stream's mailbox."""

    def __init__(self) -> None:
        self.latest: T | None = None
        self.is_closed = self.has_badge_news = False
        self.rung = asyncio.Event()

    def put(self, news: T) -> None:
        self.latest = news
        self.rung.set()

    def refresh_badge(self) -> None:
        self.has_badge_news = True
        self.rung.set()

    def took_badge_news(self) -> bool:
        """Whether the reader's own badge has changed since this was last asked."""
        changed, self.has_badge_news = self.has_badge_news, False
        return changed

    def close(self) -> None:
        self.is_closed = True
        self.rung.set()

    async def next(self, *, seconds: float) -> T | None:
        """The latest unread news; None where there was none for so long, or only a badge changed. Raises Closed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.rung.wait()
        if self.is_closed:
            raise Closed
        self.rung.clear()
        news, self.latest = self.latest, None
        return news
