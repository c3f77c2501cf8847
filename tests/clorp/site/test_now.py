"""The time that pages ask for, and how long what they are made of may be kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from core import clock
from core.page_tags import countdown
from tests.play import NOON, after, open_drop


@pytest.mark.parametrize("who", ["stranger", "member"])
def test_it_is_the_site_s_time_and_nobody_keeps_it(client, agent, monkeypatch, who):
    if who == "member":
        client.force_login(agent)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    answer = client.get("/now")
    assert (answer.status_code, datetime.fromisoformat(answer.content.decode())) == (200, NOON)
    assert "no-store" in answer["Cache-Control"] and "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


def test_it_is_told_without_a_question_to_the_database(client, monkeypatch):
    # No database mark: a query would be an error.
    monkeypatch.setattr(clock, "now", lambda: NOON)
    assert client.get("/now").content == b"2030-01-01T12:00:00Z"


def test_it_can_be_asked_as_often_as_one_likes_and_not_be_sent(client, settings, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    settings.PAGES_ANONYMOUS_PER_MINUTE = 1
    assert [client.get("/now").status_code for _ in range(3)] == [200] * 3
    assert client.post("/now").status_code == 405


@pytest.mark.django_db
def test_no_page_may_be_kept_on_the_way_and_every_one_comes_back_at_once(client: Client, sender):
    address = open_drop(sender).get_absolute_url()
    for path in ("/board", address, "/help/agents", "/nothing-here"):
        assert client.get(path)["Cache-Control"] == "private, no-cache"
    client.force_login(sender)
    assert client.get(address)["Cache-Control"] == "private, no-cache"


def test_a_countdown_that_is_over_says_so():
    assert ">over</time>" in countdown(NOON, NOON) and ">0:01</time>" in countdown(NOON + timedelta(seconds=1), NOON)
    assert ">0:00</time>" in countdown(NOON, after(9), over="")
