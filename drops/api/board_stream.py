"""The board as a stream: the open drops that fit a program's filters, and what comes, changes and goes.

Everybody gets what a stranger would: what is somebody's own is for them to ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from core import clock
from core.json import dump
from core.live import threads
from core.live.hub import Hub
from core.live.list_feed import Change, ListFeed, Row
from core.live.sse import HEARTBEAT, HEARTBEAT_SECONDS, Events, Heartbeat, event, event_of
from drops.api import job_json
from drops.api.log_stream import event_schema
from drops.models import Drop
from drops.standings.board import OpenFacts, OpenWanted, fits, open_drops

ROWS_MAX = 1_000
# How often what fits by the clock alone is looked at, where the filters ask for time left.
TICK_SECONDS = 1.0
STREAM_SCHEMA: dict[str, object] = {
    "type": "string",
    "description": "Server-sent events. `x-events` has the JSON Schema of each event's `data`, by the event's name.",
    "x-events": {
        "begin": {"type": "object", "description": "Forget what you knew: what is open follows."},
        "opened": {"$ref": "#/components/schemas/JobOut"},
        "changed": {"$ref": "#/components/schemas/JobOut"},
        "gone": event_schema(),
        "current": {"type": "object", "description": "You know all that is open now."},
    },
}


def read_rows(keys: Iterable[str] | None, asked: frozenset[str]) -> dict[str, Row]:
    """Return the open drops with these ids, or all of them, as strangers see them; as many queries for one as for
    all, and one for each of the words that somebody looks for."""
    now = clock.now()
    drops = open_drops(OpenWanted(), viewer=None, now=now).with_round()
    if keys is not None:
        drops = drops.filter(pk__in=[UUID(key) for key in keys])
    rows = list(drops.order_by("window_closes_at", "id")[:ROWS_MAX])
    listed = Drop.objects.filter(pk__in=[drop.pk for drop in rows])
    saying = {words: {*listed.saying(words).values_list("pk", flat=True)} for words in asked} if rows else {}
    jobs = job_json.jobs(rows, AnonymousUser(), now, site="")
    return {
        str(drop.pk): Row(dump(job), _facts(drop, frozenset(words for words in saying if drop.pk in saying[words])))
        for drop, job in zip(rows, jobs, strict=True)
    }


def _facts(drop: Drop, says: frozenset[str]) -> OpenFacts:
    return OpenFacts(drop.pack, drop.price_cents, drop.claims_count, drop.bell, says)


async def board_events(hub: Hub, wanted: OpenWanted, mark: str, is_let_in: Callable[[], bool] | None = None) -> Events:
    """`begin`, `opened` for each drop on the board that fits and `current`; from then on whatever happens to one.

    After a `mark` that is known, only what has happened since, and `current`. It ends, and gives its place back, once
    what let its reader in would not any more; strangers are let in by nothing.
    """
    reader, heartbeat = _Reader(hub.board, wanted), Heartbeat(HEARTBEAT_SECONDS)
    with hub.follow_rows(wanted.words) as line:
        while True:
            # It may ask the database, which must not be asked here.
            now = await threads.ask(clock.now) if wanted.is_timed else None
            if hub.board.can_answer(wanted.words) and (written := reader.next_events(mark, now)):
                yield written
            if heartbeat.is_due():
                if is_let_in is not None and not await threads.ask(is_let_in):
                    return
                yield HEARTBEAT
            await line.next(seconds=min(heartbeat.wait, TICK_SECONDS) if wanted.is_timed else heartbeat.wait)


class _Reader:
    """One stream: what its program has been told, and how far it has come in the changes of the board."""

    def __init__(self, feed: ListFeed, wanted: OpenWanted) -> None:
        self.feed, self.wanted = feed, wanted
        self.told: dict[str, Row] = {}
        # The board by its name, and the number of its last change that was told of.
        self.name, self.number = "", 0
        self.now: datetime | None = None

    def next_events(self, mark: str, now: datetime | None) -> bytes:
        """Return what is to be told now, as it is written; at the start it goes on from `mark`, if that is known."""
        self.now = now
        number = self.feed.number_of(mark) if not self.name and not self.wanted.is_timed else None
        if number is not None:
            self.told = self._fitting(self.feed.rows_at(number))
            return self._told_from(number) + self._current()
        if self.name != self.feed.name or not self.feed.knows_since(self.number):
            return self._told_anew()
        return self._told_by_the_clock() if self.wanted.is_timed else self._told_from(self.number)

    def _told_anew(self) -> bytes:
        self.told = self._fitting(self.feed.rows)
        opened = sorted(self.told.values(), key=lambda row: row.facts.closes_at)
        rows = b"".join(event_of("opened", row.written) for row in opened)
        return event("begin", {}) + rows + self._current()

    def _current(self) -> bytes:
        self.name, self.number = self.feed.name, self.feed.number
        return event("current", {}, mark=self.feed.mark_of(self.number))

    def _told_from(self, number: int) -> bytes:
        changes = self.feed.changes_since(number)
        self.name, self.number = self.feed.name, self.feed.number
        return b"".join(self._told(change) for change in changes)

    def _told_by_the_clock(self) -> bytes:
        keys = {*self.told, *self.feed.rows}
        self.number = self.feed.number
        return b"".join(self._told(Change(self.number, key, None, self.feed.rows.get(key))) for key in keys)

    def _told(self, change: Change) -> bytes:
        before, row = self.told.pop(change.key, None), change.row
        mark = self.feed.mark_of(change.number)
        if row is None or not fits(self.wanted, row.facts, self.now):
            return event("gone", {"job_id": change.key}, mark=mark) if before else b""
        self.told[change.key] = row
        if before is not None and before.written == row.written:
            return b""
        return event_of("changed" if before else "opened", row.written, mark=mark)

    def _fitting(self, rows: dict[str, Row]) -> dict[str, Row]:
        return {key: row for key, row in rows.items() if fits(self.wanted, row.facts, self.now)}
