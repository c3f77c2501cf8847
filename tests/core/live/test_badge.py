"""The unread badge in open pages: its news reach its owner alone, say nothing of what, and are caught up with."""

from __future__ import annotations

import re
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import AsyncRequestFactory

from accounts.notifications.notify import mark_read, notify
from accounts.notifications.preferences import Channels, choose_channels
from accounts.notifications.topics import topic_of
from accounts.pages import badge
from core.live import pubsub, sse
from core.live.mailbox import Mailbox
from core.live.stream_quota import StreamQuota
from drops.pages import live
from tests.core.live.story import Site, news, read_events, soon, tell
from tests.play import NOON, make_user

ADA, BASIL = uuid4(), uuid4()


def test_news_of_a_badge_reach_its_owner_on_every_page_and_nobody_else():
    async def story():
        async with Site() as site:
            hub, other = site.hub, Mailbox()
            with (
                hub.follow("a", reader=ADA) as drop,
                hub.follow_board(reader=ADA) as board,
                hub.follow_badge(BASIL, other),
            ):
                site.wire.brings.put_nowait({pubsub.person(ADA)})
                assert [await soon(mailbox.next(seconds=9)) for mailbox in (drop, board)] == [None, None]
                assert await other.next(seconds=0.05) is None
                assert [mailbox.took_badge_news() for mailbox in (drop, board, other)] == [True, True, False]
                assert (site.readings.asked, hub.board_changes) == (0, 1) and not drop.took_badge_news()
            assert not hub.badge_mailboxes

    tell(story)


def test_after_a_broken_wire_every_badge_is_asked_for_anew():
    async def story():
        async with Site() as site:
            with site.hub.follow_badge(ADA, Mailbox()) as mailbox:
                site.wire.brings.put_nowait(OSError("gone"))
                await soon(mailbox.next(seconds=9))
                assert mailbox.took_badge_news()

    tell(story)


def test_news_of_badge_and_drop_that_come_together_are_both_told_and_the_badges_say_nothing():
    async def story():
        async with Site() as site:
            site.readings["a"] = news("a", "1")
            changes = live.drop_events(site.hub, "a", reader=ADA, private=False, seen="1")
            waiting, written = anext(changes), b""
            site.readings["a"] = news("a", "2")
            site.wire.brings.put_nowait({"a", pubsub.person(ADA)})
            written += await soon(waiting)
            while not (b"bell" in written and b"change" in written):
                written += await soon(anext(changes))
            await changes.aclose()
            return read_events(written)

    assert sorted((name, data) for name, data, _ in tell(story)) == [("bell", {}), ("change", {"drop": "a"})]


def test_a_page_that_follows_nothing_else_hears_of_its_badge():
    async def story():
        async with Site() as site:
            events = badge.badge_events(site.hub, ADA)
            waiting = anext(events)
            site.wire.brings.put_nowait({pubsub.person(ADA)})
            event = await soon(waiting)
            await events.aclose()
            return event, dict(site.hub.badge_mailboxes)

    assert tell(story) == (sse.BELL, {})


@pytest.fixture
def published_by(monkeypatch, django_capture_on_commit_callbacks):
    """Whose badges are announced as changed when this call has committed."""

    def listen(call):
        published = []
        monkeypatch.setattr(pubsub, "publish", published.extend)
        with django_capture_on_commit_callbacks(execute=True):
            call()
        return published

    return listen


def told(*users, kind="drop-completed"):
    notify(users, kind=kind, text="It has its winner.", href="/board", now=NOON)


def test_it_changes_for_whoever_is_told_something_and_wants_a_number(db, published_by):
    ada, basil = make_user("ada"), make_user("basil")
    choose_channels(
        user=basil, channels={topic_of("drop-completed").slug: Channels(bell=False, mail="never", webhook=False)}
    )
    assert published_by(lambda: told(ada, basil)) == [pubsub.person(ada.pk)]


def test_what_is_read_on_one_page_is_read_on_the_others(db, published_by):
    ada = make_user("ada")
    told(ada)
    assert published_by(lambda: mark_read(user=ada, now=NOON)) == [pubsub.person(ada.pk)]
    assert published_by(lambda: mark_read(user=ada, now=NOON)) == []


def test_the_tools_say_what_waits_and_nothing_to_strangers(client, db):
    assert client.get("/me/tools").status_code == 204
    ada = make_user("ada")
    told(ada, ada)
    client.force_login(ada)
    page = client.get("/me/tools")
    assert re.search(r'role="status">\s*Notifications: 2 new\s*</span>', page.content.decode())
    assert "no-store" in page["Cache-Control"]


def test_only_somebody_has_a_badge_to_follow(db):
    request = AsyncRequestFactory().get("/live/me")
    request.hub = SimpleNamespace(is_listening=True, quota=StreamQuota())
    for request.user, status in ((AnonymousUser(), 204), (make_user("ada"), 200)):
        answer = badge.follow_me(request)
        assert answer.status_code == status
        answer.close()
