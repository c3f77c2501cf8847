"""The board as programs follow it: read once for all, numbered, and known for a while to whoever comes again."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from core.live import list_feed
from core.live.hub import Hub
from core.live.list_feed import Row
from core.live.mailbox import Closed
from tests.core.live.story import Site, news, soon, tell, until


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(list_feed, "READ_SECONDS_MIN", 0.02)
    monkeypatch.setattr(list_feed, "RETRY_SECONDS", 0.01)


class Board(Site):
    """A hub whose board the test writes; `asked` has the keys of each reading."""

    def __init__(self, **rows):
        super().__init__()
        self.rows, self.asked, self.words = rows, [], []
        self.hub = Hub(self.readings, self.wire.listen, self.read_board)

    def read_board(self, keys, words):
        self.asked.append(None if keys is None else sorted(keys))
        self.words.append(sorted(words))
        if "fails" in self.rows:
            del self.rows["fails"]
            raise RuntimeError
        return {key: Row(text.encode(), None) for key, text in self.rows.items() if keys is None or key in keys}

    def writes(self, key, text):
        """Put another text there, or none, and tell whoever listens."""
        self.rows = {**self.rows, key: text} if text else {name: self.rows[name] for name in self.rows if name != key}
        self.happens(news(key, str(len(self.asked)) + str(text)))

    @property
    def changes(self):
        return [(one.key, one.row and one.row.written.decode()) for one in self.hub.board.changes]


async def loaded(site):
    await until(lambda: bool(site.hub.board.name))


def test_however_many_follow_a_change_is_read_once():
    async def story():
        async with Board(a="1") as site:
            with ExitStack() as stack:
                lines = [stack.enter_context(site.hub.follow_rows("")) for _ in range(5)]
                await loaded(site)
                site.writes("a", "2")
                await until(lambda: bool(site.changes))
                assert [await soon(line.next(seconds=9)) for line in lines] == [1] * 5
            assert (site.changes, site.asked) == ([("a", "2")], [None, ["a"]])

    tell(story)


def test_what_came_and_went_is_numbered_in_its_order_and_can_be_read_back():
    async def story():
        async with Board(a="1") as site:
            with site.hub.follow_rows(""):
                await loaded(site)
                for number, (key, text) in enumerate([("b", "1"), ("a", None), ("b", "2")], 1):
                    site.writes(key, text)
                    await until(lambda number=number: site.hub.board.number == number)
                board = site.hub.board
                assert site.changes == [("b", "1"), ("a", None), ("b", "2")]
                states = [{key: row.written for key, row in board.rows_at(at).items()} for at in range(4)]
                assert states == [{"a": b"1"}, {"a": b"1", "b": b"1"}, {"b": b"1"}, {"b": b"2"}]

    tell(story)


def test_what_looks_the_same_is_no_change():
    async def story():
        async with Board(a="1") as site:
            with site.hub.follow_rows(""):
                await loaded(site)
                site.writes("a", "1")
                await until(lambda: len(site.asked) == 2)
                assert site.changes == []

    tell(story)


def test_nothing_is_read_while_nobody_follows_and_a_mark_of_before_is_unknown(monkeypatch):
    monkeypatch.setattr(list_feed, "LINGER_SECONDS", 0.0)

    async def story():
        async with Board(a="1") as site:
            with site.hub.follow_rows(""):
                await loaded(site)
                mark = site.hub.board.mark_of(site.hub.board.number)
            site.writes("a", "2")
            site.hub.board.hear("a")
            await until(lambda: not site.hub.board.name)
            assert site.asked == [None]
            with site.hub.follow_rows(""):
                await loaded(site)
                assert (site.hub.board.number_of(mark), site.asked) == (None, [None, None])

    tell(story)


def test_who_comes_again_soon_finds_what_has_happened_meanwhile():
    async def story():
        async with Board(a="1") as site:
            with site.hub.follow_rows(""):
                await loaded(site)
                mark = site.hub.board.mark_of(site.hub.board.number)
            site.writes("a", "2")
            await until(lambda: bool(site.changes))
            board = site.hub.board
            assert [one.key for one in board.changes_since(board.number_of(mark))] == ["a"]

    tell(story)


@pytest.mark.parametrize("mark", ["", "x", "-", "{name}-", "{name}-1", "{name}-x", "{name}--1", "other-0"])
def test_a_mark_of_elsewhere_or_of_later_is_unknown(mark):
    async def story():
        async with Board(a="1") as site:
            with site.hub.follow_rows(""):
                await loaded(site)
                assert site.hub.board.number_of(mark.format(name=site.hub.board.name)) is None
                assert site.hub.board.number_of(site.hub.board.mark_of(0)) == 0

    tell(story)


def test_what_is_no_longer_kept_is_unknown(monkeypatch):
    monkeypatch.setattr(list_feed, "CHANGES_KEPT", 2)

    async def story():
        async with Board() as site:
            with site.hub.follow_rows(""):
                await loaded(site)
                for number in range(1, 4):
                    site.writes("a", str(number))
                    await until(lambda number=number: site.hub.board.number == number)
                board = site.hub.board
                assert [board.number_of(board.mark_of(at)) for at in range(4)] == [None, 1, 2, 3]

    tell(story)


def test_after_a_gap_on_the_wire_the_whole_list_is_compared():
    async def story():
        async with Board(a="1", b="1") as site:
            with site.hub.follow_rows(""):
                await loaded(site)
                site.rows = {"a": "2", "c": "1"}
                site.wire.brings.put_nowait(frozenset())
                await until(lambda: len(site.changes) == 3)
                assert sorted(site.changes) == [("a", "2"), ("b", None), ("c", "1")]

    tell(story)


def test_a_reading_that_fails_is_made_up_for():
    async def story():
        async with Board(a="1", fails="now") as site:
            with site.hub.follow_rows(""):
                await loaded(site)
                assert [*site.hub.board.rows] == ["a"]

    tell(story)


def test_words_are_looked_for_while_somebody_asks_and_new_ones_at_once(monkeypatch):
    monkeypatch.setattr(list_feed, "WORDS_ASKED_MAX", 1)

    async def story():
        async with Board(a="1") as site:
            with site.hub.follow_rows(""):
                await loaded(site)
                board = site.hub.board
                assert not board.can_answer("ferry")
                with site.hub.follow_rows("ferry"):
                    await until(lambda: board.can_answer("ferry"))
                    assert (board.has_room_for("ferry"), board.has_room_for("boat")) == (True, False)
                assert board.has_room_for("boat")
            assert site.words == [[], ["ferry"]]

    tell(story)


def test_streams_end_when_the_process_stops_or_hears_nothing():
    async def story():
        async with Board() as site:
            with site.hub.follow_rows("") as line:
                site.hub.end_streams()
                with pytest.raises(Closed):
                    await soon(line.next(seconds=9))
            with site.hub.follow_rows("") as late, pytest.raises(Closed):
                await soon(late.next(seconds=9))

    tell(story)
