"""Who is let into the board's stream, and what its rows cost to read."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.test import AsyncRequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey
from core.live import list_feed
from core.live.list_feed import ListFeed
from core.live.stream_quota import StreamQuota
from drops.api import board
from drops.api.board_stream import read_rows
from tests.api import Api, hold_clock
from tests.play import open_drop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    hold_clock(monkeypatch)


@pytest.fixture
def serving(monkeypatch):
    hub = SimpleNamespace(is_listening=True, quota=StreamQuota(), board=ListFeed(read_rows))
    monkeypatch.setattr(ASGIRequest, "hub", hub, raising=False)
    request_finished.disconnect(close_old_connections)
    yield hub
    request_finished.connect(close_old_connections)


def ask(user=None, query="", accept="text/event-stream"):
    """The view, as the ASGI process calls it."""
    request = AsyncRequestFactory().get(f"/api/board{query}", headers={"Accept": accept, **Api(user).headers})
    request.request_id = "x"
    response = board.Board.as_view()(request)
    response.close()
    return response.render() if hasattr(response, "render") else response


def test_strangers_and_members_get_a_stream_where_they_ask_for_one(serving, sender):
    for reader in (None, sender):
        stream = ask(reader)
        assert (stream["Content-Type"], stream["Cache-Control"]) == ("text/event-stream", "no-store")
        assert ask(reader, accept="application/json")["Content-Type"] == "application/json"
    assert serving.quota.taken() == 0


def test_a_key_that_was_revoked_ends_its_stream_and_strangers_have_none(serving, sender, monkeypatch):
    asked = []
    monkeypatch.setattr(
        board, "board_events", lambda hub, wanted, mark, is_let_in: asked.append(is_let_in) or nothing()
    )
    ask(), ask(sender)
    assert asked[0] is None and asked[1]()
    ApiKey.objects.filter(user=sender).delete()
    assert not asked[1]()


async def nothing():
    return
    yield b""


def test_a_stream_refuses_what_the_list_refuses(serving):
    assert ask(query="?pack=boats").status_code == 400


def test_where_no_stream_is_served_or_too_many_look_for_words_it_says_so(serving, monkeypatch):
    monkeypatch.setattr(list_feed, "WORDS_ASKED_MAX", 0)
    refused = ask(query="?q=ferry")
    assert (refused.status_code, json.loads(refused.content)["code"]) == (503, "too_many_searches")
    assert serving.quota.taken() == 0
    serving.is_listening = False
    assert json.loads(ask().content)["code"] == "no_stream"


def test_reading_one_row_or_many_takes_as_many_queries(sender):
    drops = [open_drop(sender) for _ in range(6)]
    counts = []
    for keys in ([str(drops[0].pk)], [str(drop.pk) for drop in drops]):
        with CaptureQueriesContext(connection) as caught:
            read_rows(keys, frozenset({"ferry"}))
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_a_drop_past_its_bell_is_off_the_board_before_it_is_closed(sender, monkeypatch):
    drop = open_drop(sender)
    hold_clock(monkeypatch, drop.window_closes_at)
    assert read_rows([str(drop.pk)], frozenset()) == {}
