"""The board as a program watches it, in the test's own thread and transaction."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from core.live.list_feed import ListFeed
from core.live.mailbox import Closed
from drops.api.board_stream import board_events, read_rows
from drops.standings.board import OpenWanted
from tests.core.live.story import read_whole
from tests.reference import as_the_reference_has_them


def at_once(coroutine):
    """Run what never has to wait."""
    with pytest.raises(StopIteration) as end:
        coroutine.send(None)
    return end.value.value


class Watched:
    """The board in one process, as its hub has it."""

    def __init__(self):
        self.board = ListFeed(read_rows)

    def reads(self, *drops):
        for drop in drops:
            self.board.hear(str(drop.pk))
        at_once(self.board.catch_up())

    def heard(self, *acts, mark="", is_let_in=None, **wanted):
        """All events of a stream during which `acts` happen; each returns the drop that it changed."""
        waiting, reads = list(acts), self.reads

        class Line:
            async def next(self, *, seconds):
                if not waiting:
                    raise Closed
                reads(*filter(None, [waiting.pop(0)()]))

        @contextmanager
        def follow_rows(words):
            with self.board.follow(words):
                at_once(self.board.catch_up())
                yield Line()

        hub = SimpleNamespace(board=self.board, follow_rows=follow_rows)
        events = read_whole(board_events(hub, OpenWanted(**wanted), mark, is_let_in))
        return as_the_reference_has_them("/api/board", events)


def told(events):
    """Each event by its name and its drop, without how a stream begins."""
    return [(name, data.get("id", data.get("job_id"))) for name, data, _ in events if name not in {"begin", "current"}]
