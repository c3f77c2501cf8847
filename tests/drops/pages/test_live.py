"""Who may follow what, what a stream says, and what it must not let anybody guess."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.asgi import ASGIRequest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import Http404
from django.test import AsyncRequestFactory, RequestFactory

from core.live import sse
from core.live.stream_quota import StreamQuota
from drops.judging.verdicts import log_act
from drops.live_marks import news_of, read_news
from drops.models import RankingLog
from drops.moderation import disqualifying
from drops.pages import live
from drops.ranking import Audience
from tests.core.live.story import Site, news, read_events, soon, tell
from tests.drops.announced import marks
from tests.play import NOON, after, enter, finished_drop, open_drop, post_drop, ring, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def serving(monkeypatch):
    """A process that hears what happens."""
    hub = SimpleNamespace(is_listening=True, board_mark="1", quota=StreamQuota())
    monkeypatch.setattr(ASGIRequest, "hub", hub, raising=False)
    # As Django's test client does: the end of a response must not end the test's transaction.
    request_finished.disconnect(close_old_connections)
    yield hub
    request_finished.connect(close_old_connections)


def ask(view, *args, user=None, factory=AsyncRequestFactory, **headers):
    request = factory().get("/live/x", headers=headers)
    request.user = user or AnonymousUser()
    return view(request, *args)


def status(view, *args, **how):
    response = ask(view, *args, **how)
    response.close()
    return response.status_code


# --- who may follow what ---


def test_whoever_may_see_a_drop_may_follow_it(sender, agent):
    drop = open_drop(sender)
    for viewer in (None, sender, agent):
        assert status(live.follow_drop, drop.pk, user=viewer) == 200
    assert status(live.follow_board) == 200


def test_a_drop_that_one_may_not_see_can_not_be_followed(sender, agent):
    unpaid = post_drop(sender)
    assert status(live.follow_drop, unpaid.pk, user=sender) == 200
    for viewer in (None, agent):
        with pytest.raises(Http404):
            ask(live.follow_drop, unpaid.pk, user=viewer)


def test_a_drop_that_has_ended_is_followed_on_since_moderators_may_hide_it(sender, agent):
    assert status(live.follow_drop, finished_drop(sender, agent).pk) == 200


def test_where_no_stream_can_be_kept_open_the_page_is_told_not_to_come_again(sender, serving):
    drop = open_drop(sender)
    assert status(live.follow_drop, drop.pk, factory=RequestFactory) == 204
    serving.is_listening = False
    assert status(live.follow_drop, drop.pk) == status(live.follow_board) == 204


def test_each_user_and_each_address_has_so_many_streams_and_gets_them_back(sender, agent, settings):
    settings.LIVE_STREAMS_PER_USER_MAX = settings.LIVE_STREAMS_PER_ADDRESS_MAX = 2
    for viewer in (None, sender):
        first, second = ask(live.follow_board, user=viewer), ask(live.follow_board, user=viewer)
        assert (first.status_code, second.status_code, status(live.follow_board, user=viewer)) == (200, 200, 204)
        first.close()
        first.close()
        assert status(live.follow_board, user=viewer) == 200
    assert status(live.follow_board, user=agent) == 200


def test_a_process_has_so_many_streams_whoever_has_them(settings, agent, serving):
    settings.LIVE_STREAMS_MAX = 1
    kept = ask(live.follow_board)
    assert status(live.follow_board, user=agent) == 204
    kept.close()
    assert serving.quota.taken() == 0


def test_a_stream_is_not_stored_or_held_back_on_its_way(sender):
    response = ask(live.follow_board)
    response.close()
    assert response["Content-Type"] == "text/event-stream"
    assert (response["Cache-Control"], response["X-Accel-Buffering"]) == ("no-store", "no")


# --- what a stream says ---


def follow(*states, seen="", private=False):
    """All events of a stream on drop `a` that stands as `states[0]` when it begins, up to the last of them."""

    async def story():
        async with Site() as site:
            site.readings["a"] = states[0]
            written, later = b"", list(states[1:])
            changes = live.drop_events(site.hub, "a", reader=None, private=private, seen=seen)
            stream = sse.Stream(changes, SimpleNamespace(give_back=lambda: None))
            async for piece in stream:
                written += piece
                if piece.startswith(f"id: {states[-1].public}\n".encode()):
                    return written
                if later and (b"event:" in piece or seen == states[0].public):
                    site.happens(later.pop(0))
            return written

    return read_events(tell(story))


OVER = news("a", "9")


def test_a_stream_names_the_drop_and_a_mark():
    events = follow(news("a", "1"), news("a", "2"), OVER)
    assert events == [
        ("change", {"drop": "a"}, "1"),
        ("change", {"drop": "a"}, "2"),
        ("change", {"drop": "a"}, "9"),
    ]


def test_who_comes_again_hears_nothing_they_have_seen_and_everything_they_have_not():
    assert follow(news("a", "2"), OVER, seen="1")[0] == ("change", {"drop": "a"}, "2")
    assert [mark for _, _, mark in follow(news("a", "1"), OVER, seen="1")] == ["9"]


def test_the_browsers_own_mark_wins_over_the_addresss_and_a_long_one_is_cut():
    factory = AsyncRequestFactory()
    assert sse.last_mark(factory.get("/live/x?since=old", headers={"Last-Event-ID": "new"})) == "new"
    assert sse.last_mark(factory.get("/live/x?since=old")) == "old"
    assert len(sse.last_mark(factory.get("/live/x?since=" + "x" * 999))) == sse.MARK_CHARS_MAX


def test_a_silent_stream_stays_awake_and_an_old_one_ends(monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(sse, "STREAM_SECONDS_MAX", 0.2)

    async def story():
        async with Site() as site:
            changes = live.drop_events(site.hub, "a", reader=None, private=False, seen="")
            pieces = [piece async for piece in sse.Stream(changes, SimpleNamespace(give_back=lambda: None))]
            return pieces, dict(site.hub.drop_mailboxes)

    pieces, still_followed = tell(story)
    assert pieces[0].startswith(b"retry: ") and set(pieces[1:]) == {b":\n\n"} and not still_followed


def test_the_boards_stream_says_that_something_changed_and_not_what():
    async def story():
        async with Site() as site:
            changes = live.board_events(site.hub, reader=None, seen=site.hub.board_mark)
            waiting = anext(changes)
            site.happens(news("a", "1"))
            piece = await soon(waiting)
            await changes.aclose()
            return piece

    ((name, data, mark),) = read_events(tell(story))
    assert (name, data) == ("change", {}) and mark


# --- what it must not let anybody guess ---


def test_a_further_revision_changes_no_mark_and_is_announced_to_nobody(
    sender, agent, django_capture_on_commit_callbacks
):
    drop = open_drop(sender)
    enter(drop, agent)
    before = marks(drop)
    with django_capture_on_commit_callbacks() as callbacks:
        submit(drop, agent, "Better words", now=after(5))
    assert (marks(drop), callbacks) == (before, [])


def test_when_somebody_submitted_is_in_no_mark(sender, agent, rival):
    early, late = open_drop(sender), open_drop(sender)
    enter(early, agent, "a", now=after(1))
    enter(late, rival, "bb" * 99, now=after(200))
    assert marks(early) == marks(late)


def test_while_a_drop_is_open_its_sender_is_told_no_more_than_everybody(sender, agent, staff):
    drop = open_drop(sender)
    entry = enter(drop, agent).submission
    before = marks(drop)
    disqualifying.disqualify_entry(
        submission=entry, staff=staff, told="It names a person.", reason="It names a person.", now=after(9)
    )
    assert RankingLog.objects.filter(drop=drop).exists()
    assert marks(drop) == before and len(set(before)) == 1


def test_how_far_the_judging_is_shows_to_the_sender_alone(sender, agent, rival):
    drop = open_drop(sender)
    enter(drop, agent)
    enter(drop, rival)
    ring(drop)
    public, private = marks(drop)
    log_act(drop, "One comparison is done.", Audience.SENDER, now=NOON)
    assert marks(drop) != (public, private) and marks(drop)[0] == public


def test_the_mark_of_a_page_is_the_streams(client, sender, agent, rival):
    drop = open_drop(sender)
    enter(drop, agent)
    for viewer, which in ((None, 0), (sender, 1), (rival, 0)):
        client.logout()
        if viewer:
            client.force_login(viewer, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert f'data-since="{marks(drop)[which]}"' in client.get(drop.get_absolute_url()).content.decode()


def test_what_is_no_drop_is_no_news(sender):
    drop = open_drop(sender)
    nobody = "00000000-0000-4000-8000-000000000000"
    assert read_news([str(drop.pk), nobody]) == {str(drop.pk): news_of(drop, last_line=None)}
