"""A list that many follow: its changed rows are read once for all of them, numbered, and kept for whoever comes again.

Whoever reads slowly holds a number and no queue. While nobody follows, nothing is read.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from core.live import threads
from core.live.mailbox import Mailbox
from core.text import number_of

log = logging.getLogger(__name__)

# What changes within this time after a reading is read together.
READ_SECONDS_MIN = 0.5
RETRY_SECONDS = 1.0
CHANGES_KEPT = 2_000
# How long the list is kept up to date after its last reader has gone: most of them come again.
LINGER_SECONDS = 120.0
WORDS_ASKED_MAX = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A row as everybody sees it, written once, and what filters ask of it."""

    written: bytes
    facts: Any


@dataclass(frozen=True, slots=True)
class Change:
    """A row that came or changed, or went where there is none; `before` is the one that stood there."""

    number: int
    key: str
    before: Row | None
    row: Row | None


# Reads the rows with these keys, or the whole list, with which of the asked words each of them says.
RowReader = Callable[[Iterable[str] | None, frozenset[str]], dict[str, Row]]


class ListFeed:
    """One list in one process; it lives in the event loop."""

    def __init__(self, read: RowReader) -> None:
        self.read = read
        self.rows: dict[str, Row] = {}
        self.changes: deque[Change] = deque(maxlen=CHANGES_KEPT)
        # A name for what is numbered here, so that a mark of another process, or of before a gap, is none of ours.
        self.name, self.number = "", 0
        self.mailboxes: set[Mailbox[int]] = set()
        self.asked: Counter[str] = Counter()
        self.answered: frozenset[str] = frozenset()
        self.heard: set[str] = set()
        self.is_stale, self.rung, self.left_at = True, asyncio.Event(), float("-inf")

    @property
    def is_followed(self) -> bool:
        """Whether somebody follows, or may soon go on to."""
        return bool(self.mailboxes) or time.monotonic() - self.left_at < LINGER_SECONDS

    def hear(self, key: str) -> None:
        """A row has changed, come or gone."""
        self.heard.add(key)
        self.rung.set()

    def miss(self) -> None:
        """Anything may have changed unheard."""
        self.is_stale = True
        self.rung.set()

    async def run(self) -> None:
        while True:
            await self.rung.wait()
            self.rung.clear()
            if not self.is_followed:
                self.name, self.is_stale, self.heard = "", True, set()
                continue
            try:
                await self.catch_up()
            except Exception:
                log.exception("a list could not be read")
                await asyncio.sleep(RETRY_SECONDS)
                self.miss()
            await asyncio.sleep(READ_SECONDS_MIN)

    async def catch_up(self) -> None:
        """Read what has changed, or all of it where that is not known, and ring for everybody."""
        whole, self.is_stale = self.is_stale or not self.name, False
        heard, self.heard = self.heard, set()
        asked = frozenset(self.asked)
        read = await threads.ask(lambda: self.read(None if whole else heard, asked))
        if not self.name:
            self.name, self.rows = secrets.token_hex(4), read
            self.changes.clear()
        else:
            self._compare(read, {*read, *self.rows} if whole else heard)
        if whole:
            self.answered = asked
        for mailbox in self.mailboxes:
            mailbox.put(self.number)

    def _compare(self, read: dict[str, Row], keys: Iterable[str]) -> None:
        for key in keys:
            before, row = self.rows.pop(key, None), read.get(key)
            if row is not None:
                self.rows[key] = row
            if (before and before.written) != (row and row.written):
                self.number += 1
                self.changes.append(Change(self.number, key, before, row))

    # --- for those who follow ---

    @contextmanager
    def follow(self, words: str) -> Iterator[Mailbox[int]]:
        """A mailbox that rings whenever the list was read. Where `words` are asked for, rows say whether they fit."""
        mailbox = Mailbox[int]()
        self.mailboxes.add(mailbox)
        if words:
            self.asked[words] += 1
        if not self.can_answer(words):
            self.miss()
        try:
            yield mailbox
        finally:
            self.mailboxes.discard(mailbox)
            self.left_at = time.monotonic()
            if words:
                self.asked[words] -= 1
                self.asked += Counter()  # Drops what nobody asks for any more.

    def can_answer(self, words: str) -> bool:
        """Whether the list has been read, with the answer to these words."""
        return bool(self.name) and (not words or words in self.answered)

    def has_room_for(self, words: str) -> bool:
        """Whether one more follower may ask for `words`: each different ones are one more query a reading."""
        return not words or words in self.asked or len(self.asked) < WORDS_ASKED_MAX

    def mark_of(self, number: int) -> str:
        return f"{self.name}-{number}"

    def number_of(self, mark: str) -> int | None:
        """Return the number that a mark of ours names, if all that followed it is still known."""
        name, _, digits = mark.partition("-")
        number = number_of(digits)
        if name != self.name or number is None or not self.knows_since(number):
            return None
        return number if number <= self.number else None

    def knows_since(self, number: int) -> bool:
        """Whether every change after `number` is kept."""
        return number >= self.number - len(self.changes)

    def changes_since(self, number: int) -> list[Change]:
        """Return the changes after `number`, oldest first."""
        count = self.number - number
        return [self.changes[index] for index in range(len(self.changes) - count, len(self.changes))]

    def rows_at(self, number: int) -> dict[str, Row]:
        """Return the list as it stood at `number`."""
        rows = dict(self.rows)
        for change in reversed(self.changes_since(number)):
            if change.before is None:
                rows.pop(change.key, None)
            else:
                rows[change.key] = change.before
        return rows
