"""The hub: hears which drops changed, reads once what became of them, and passes it on to the streams they concern.
That somebody's unread badge has changed it passes on as it is: each page asks for itself what there is to tell.

A stream has a mailbox that holds the latest news and no more: what comes while its reader is slow replaces what waits,
so no queue grows. The hub lives in its process's event loop; only `is_listening` may be asked from elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict, defaultdict
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from core.live import pubsub, threads
from core.live.list_feed import ListFeed, RowReader
from core.live.mailbox import Mailbox
from core.live.pubsub import Ids
from core.live.stream_quota import StreamQuota

log = logging.getLogger(__name__)

T = TypeVar("T")

# What comes within this time is read together.
GATHER_SECONDS = 0.05
# Whoever shows the board hears of a change at once, and of further ones at most this often.
BOARD_SECONDS_MIN = 2.0
RETRY_SECONDS_MIN, RETRY_SECONDS_MAX = 0.5, 10.0
DROPS_KNOWN_MAX = 5_000


@dataclass(frozen=True, slots=True)
class News:
    """How a drop stands. `public` and `private` are marks of what everybody and what its sender may see of it: two
    readings with the same mark look the same to them."""

    drop_id: str
    status: str
    claims_count: int
    submissions_count: int
    was_paid: bool
    public: str
    private: str


# Reads how these drops stand; it asks the database, in a thread.
Reader = Callable[[Iterable[str]], dict[str, News]]
Listener = Callable[[], AsyncGenerator[Ids, None]]


def no_rows(keys: Iterable[str] | None, asked: frozenset[str]) -> dict[str, Any]:
    """A board that nothing is on."""
    return {}


class Hub:
    def __init__(self, read: Reader, listen: Listener = pubsub.listen, read_board: RowReader = no_rows) -> None:
        self.read, self.listen, self.quota = read, listen, StreamQuota()
        # For programs, which are told what is on the board; pages are told that it changed, and ask.
        self.board = ListFeed(read_board)
        self.drop_mailboxes: defaultdict[str, set[Mailbox[News]]] = defaultdict(set)
        self.board_mailboxes: set[Mailbox[str]] = set()
        self.badge_mailboxes: defaultdict[str, set[Mailbox[Any]]] = defaultdict(set)
        self.known: OrderedDict[str, str] = OrderedDict()
        self.heard: set[str] = set()
        self.rung, self.board_rung = asyncio.Event(), asyncio.Event()
        # Named after this process, so that a mark of another one never passes for one of ours.
        self.name, self.board_changes = secrets.token_hex(4), 0
        self.is_listening = self.is_ending = False
        self.tasks: list[asyncio.Task[None]] = []

    # --- its life ---

    def start(self) -> None:
        parts = (self._listen_for_good, self._pass_on, self._tell_board, self.board.run)
        self.tasks = [asyncio.create_task(part()) for part in parts]

    async def stop(self) -> None:
        self.end_streams()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def end_streams(self) -> None:
        """End every stream, and those that begin from now on: the process stops."""
        self.is_ending = True
        self.close_streams()

    def close_streams(self) -> None:
        """End every stream; browsers come again by themselves, to whoever serves them then."""
        self.is_listening = False
        for mailbox in self._all_mailboxes():
            mailbox.close()

    def _all_mailboxes(self) -> list[Mailbox[Any]]:
        named = [*self.drop_mailboxes.values(), *self.badge_mailboxes.values()]
        boards: list[Mailbox[Any]] = [*self.board_mailboxes, *self.board.mailboxes]
        return [*boards, *(mailbox for mailboxes in named for mailbox in mailboxes)]

    async def _listen_for_good(self) -> None:
        wait = RETRY_SECONDS_MIN
        while True:
            try:
                async with aclosing(self.listen()) as wire:
                    async for ids in wire:
                        wait = RETRY_SECONDS_MIN
                        if ids:
                            self._hear(ids)
                        else:
                            self._catch_up()
            except pubsub.LOST as error:
                log.warning("The wire for live pages is gone (%s); trying again.", type(error).__name__)
            if wait > RETRY_SECONDS_MIN:
                # Twice in a row: pages look by themselves rather than trust a stream that hears nothing.
                self.close_streams()
            await asyncio.sleep(wait)
            wait = min(2 * wait, RETRY_SECONDS_MAX)

    def _catch_up(self) -> None:
        """Listen from now on. Until now, whatever is followed may have changed unheard."""
        self.is_listening = not self.is_ending
        self._ring_board()
        self.board.miss()
        self._hear(frozenset({*self.drop_mailboxes, *self.badge_mailboxes}))

    def _hear(self, names: Ids) -> None:
        """Refresh the badges of the people among `names`, and have the drops read that anybody looks at."""
        for name in names & self.badge_mailboxes.keys():
            for mailbox in self.badge_mailboxes[name]:
                mailbox.refresh_badge()
        drop_ids = frozenset(name for name in names if not name.startswith(pubsub.PERSON))
        is_board_followed = self.board_mailboxes or self.board.is_followed
        self.heard |= drop_ids if is_board_followed else drop_ids & self.drop_mailboxes.keys()
        if self.heard:
            self.rung.set()

    # --- from a drop that changed to those who look at it ---

    async def _pass_on(self) -> None:
        while True:
            await self.rung.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self.rung.clear()
            heard, self.heard = self.heard, set()
            try:
                news_by_drop = await threads.ask(lambda: self.read(heard))  # noqa: B023 - awaited before the next round
            except Exception:
                # The wire may still be up when the database is not; the next news, or the slow look, makes up for it.
                log.exception("news could not be read")
                continue
            for drop_id, news in news_by_drop.items():
                self._deliver(drop_id, news)

    def _deliver(self, drop_id: str, news: News) -> None:
        for mailbox in self.drop_mailboxes.get(drop_id, ()):
            mailbox.put(news)
        before = self.known.pop(drop_id, None)
        self.known[drop_id] = news.public
        if len(self.known) > DROPS_KNOWN_MAX:
            self.known.popitem(last=False)
        # What only its sender sees, and what was never on the board, is no news for the board.
        if news.was_paid and before != news.public:
            self._ring_board()
            self.board.hear(drop_id)

    def _ring_board(self) -> None:
        self.board_changes += 1
        self.board_rung.set()

    async def _tell_board(self) -> None:
        while True:
            await self.board_rung.wait()
            self.board_rung.clear()
            for mailbox in self.board_mailboxes:
                mailbox.put(self.board_mark)
            await asyncio.sleep(BOARD_SECONDS_MIN)

    @property
    def board_mark(self) -> str:
        return f"{self.name}-{self.board_changes}"

    # --- for streams ---

    async def look(self, drop_id: str) -> News | None:
        """How a drop stands now; None where there is no such drop."""
        news_by_drop = await threads.ask(lambda: self.read([drop_id]))
        return news_by_drop.get(drop_id)

    def _begun(self, mailbox: Mailbox[T]) -> Mailbox[T]:
        """A stream let in just before all were ended comes here after it: nobody would ever end it."""
        if not self.is_listening:
            mailbox.close()
        return mailbox

    @contextmanager
    def follow(self, drop_id: str, *, reader: UUID | None = None) -> Iterator[Mailbox[News]]:
        """News of a drop, and the badge of the user who reads it."""
        mailbox = Mailbox[News]()
        with self._among(self.drop_mailboxes, drop_id, mailbox), self.follow_badge(reader, mailbox):
            yield mailbox

    @contextmanager
    def follow_rows(self, words: str) -> Iterator[Mailbox[int]]:
        """The rows of the board, as `board` has them; `words` are those its reader looks for."""
        with self.board.follow(words) as mailbox:
            yield self._begun(mailbox)

    @contextmanager
    def follow_board(self, *, reader: UUID | None = None) -> Iterator[Mailbox[str]]:
        mailbox = self._begun(Mailbox[str]())
        self.board_mailboxes.add(mailbox)
        try:
            with self.follow_badge(reader, mailbox):
                yield mailbox
        finally:
            self.board_mailboxes.discard(mailbox)

    @contextmanager
    def follow_badge(self, reader: UUID | None, mailbox: Mailbox[Any]) -> Iterator[Mailbox[Any]]:
        """Let `mailbox` follow the badge of `reader`, if that is anybody."""
        if reader is None:
            yield mailbox
            return
        with self._among(self.badge_mailboxes, pubsub.person(reader), mailbox):
            yield mailbox

    @contextmanager
    def _among(self, named: defaultdict[str, set[Mailbox[Any]]], name: str, mailbox: Mailbox[Any]) -> Iterator[None]:
        named[name].add(self._begun(mailbox))
        try:
            yield
        finally:
            named[name].discard(mailbox)
            if not named[name]:
                del named[name]
