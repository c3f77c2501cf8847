"""From a drop that changed to whoever looks at it, and to nobody else."""

from __future__ import annotations

import pytest

from core.live import hub as hub_module
from core.live.mailbox import Closed
from tests.core.live.story import Site, news, soon, tell, until


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(hub_module, "GATHER_SECONDS", 0.01)
    monkeypatch.setattr(hub_module, "RETRY_SECONDS_MIN", 0.01)
    monkeypatch.setattr(hub_module, "BOARD_SECONDS_MIN", 0.05)


def test_news_of_a_drop_reaches_its_followers_and_nobody_else():
    async def story():
        async with Site() as site:
            with site.hub.follow("a") as one, site.hub.follow("a") as other, site.hub.follow("b") as elsewhere:
                site.happens(news("a", "2"))
                assert (await soon(one.next(seconds=9))).public == (await soon(other.next(seconds=9))).public == "2"
                assert await elsewhere.next(seconds=0.05) is None

    tell(story)


def test_however_many_look_at_a_drop_it_is_read_once():
    async def story():
        async with Site() as site:
            with site.hub.follow("a") as one, site.hub.follow("a"), site.hub.follow("a"):
                site.happens(news("a", "2"))
                await soon(one.next(seconds=9))
                assert site.readings.asked == 1

    tell(story)


def test_who_reads_slowly_gets_the_latest_news_only():
    async def story():
        async with Site() as site:
            with site.hub.follow("a") as slow:
                for mark in ("2", "3", "4"):
                    site.happens(news("a", mark))
                    await until(lambda mark=mark: slow.latest is not None and slow.latest.public == mark)
                assert (await slow.next(seconds=9)).public == "4"
                assert await slow.next(seconds=0.05) is None

    tell(story)


def test_a_drop_that_nobody_looks_at_is_not_read():
    async def story():
        async with Site() as site:
            with site.hub.follow("b") as other:
                site.happens(news("a", "2"))
                site.happens(news("b", "2"))
                await soon(other.next(seconds=9))
            assert "a" not in site.hub.known and not site.hub.drop_mailboxes

    tell(story)


def test_after_a_broken_wire_what_is_followed_is_read_again():
    async def story():
        async with Site() as site:
            with site.hub.follow("a") as line:
                site.readings["a"] = news("a", "missed")
                site.wire.brings.put_nowait(OSError("gone"))
                assert (await soon(line.next(seconds=9))).public == "missed"
            assert (site.wire.connections, site.hub.is_listening) == (2, True)

    tell(story)


def test_while_the_wire_stays_away_streams_end_so_that_pages_look_by_themselves():
    async def story():
        async with Site() as site:

            async def away():
                raise OSError("still gone")
                yield

            with site.hub.follow("a") as line, site.hub.follow_board() as board:
                site.hub.listen = away
                site.wire.brings.put_nowait(OSError("gone"))
                for closed in (line, board):
                    with pytest.raises(Closed):
                        await soon(closed.next(seconds=9))
            assert not site.hub.is_listening

    tell(story)


def test_news_that_cannot_be_read_ends_nothing(caplog):
    async def story():
        async with Site() as site:
            with site.hub.follow("a") as line:
                site.hub.read = lambda ids: 1 / 0
                site.happens(news("a", "2"))
                await until(lambda: "could not be read" in caplog.text)
                site.hub.read = site.readings
                site.happens(news("a", "3"))
                assert (await soon(line.next(seconds=9))).public == "3"

    tell(story)


def test_the_board_hears_of_what_everybody_sees_and_of_nothing_else():
    async def story():
        async with Site() as site:
            with site.hub.follow_board() as board:
                site.happens(news("a", "1"))
                assert await soon(board.next(seconds=9))
                site.happens(news("a", "1", "its sender sees more"), news("unpaid", was_paid=False))
                await until(lambda: "unpaid" in site.hub.known)
                assert await board.next(seconds=0.2) is None
                site.happens(news("a", "2"))
                assert await soon(board.next(seconds=9)) == site.hub.board_mark

    tell(story)


def test_what_the_hub_remembers_of_drops_is_bounded(monkeypatch):
    monkeypatch.setattr(hub_module, "DROPS_KNOWN_MAX", 3)

    async def story():
        async with Site() as site:
            with site.hub.follow_board():
                site.happens(*(news(str(number)) for number in range(10)))
                await until(lambda: site.hub.board_changes > 10)
                assert len(site.hub.known) == 3

    tell(story)


def test_when_the_process_stops_every_stream_ends():
    async def story():
        async with Site() as site:
            with site.hub.follow("a") as line, site.hub.follow_board() as board:
                await site.hub.stop()
                for closed in (line, board):
                    with pytest.raises(Closed):
                        await closed.next(seconds=9)

    tell(story)


def test_a_stream_that_was_let_in_before_all_were_ended_and_begins_after_it_ends_too():
    async def story():
        async with Site() as site:
            site.hub.end_streams()
            # A wire that comes back meanwhile lets nobody in again.
            site.wire.brings.put_nowait(OSError("gone"))
            await until(lambda: site.wire.connections == 2)
            site.happens(news("a"))
            await until(site.wire.brings.empty)
            assert not site.hub.is_listening
            with site.hub.follow("a") as line, site.hub.follow_board() as board:
                for closed in (line, board):
                    with pytest.raises(Closed):
                        await soon(closed.next(seconds=9))

    tell(story)
