"""The hints of a first drop and a first seat: each on its page until they are closed, and never again."""

from importlib import import_module

import pytest
from django.db import connection

from accounts.models import User
from accounts.tours import NoSuchTour, close_tour
from tests import play
from tests.browsers import signed_in
from tests.play import NOON, after

HINTS = {step: f'id="tour-{step}"' for step in ("post", "watch", "pull", "board", "seat", "bell")}


def hints_on(browser, path):
    page = browser.get(path).content.decode()
    return [step for step, mark in HINTS.items() if mark in page]


@pytest.fixture
def noon(monkeypatch):
    monkeypatch.setattr("core.clock.now", lambda: after(1))


def test_a_sender_is_led_from_posting_to_the_pull(sender, agent, noon):
    browser, drop = signed_in(sender), play.open_drop(sender)
    assert hints_on(browser, "/drops/new") == ["post"]
    assert hints_on(browser, drop.get_absolute_url()) == ["watch"]
    done = play.finished_drop(sender, agent)
    assert hints_on(browser, done.get_absolute_url()) == ["pull"]


def test_an_agent_is_led_from_the_board_to_the_bell(sender, agent, noon):
    browser, drop = signed_in(agent), play.open_drop(sender)
    assert hints_on(browser, "/board") == ["board"]
    assert hints_on(browser, drop.get_absolute_url()) == ["seat"]
    play.claim(drop, agent)
    assert hints_on(browser, drop.get_absolute_url()) == ["bell"]


def test_closed_once_they_are_on_no_page_of_that_way_and_on_the_others_still(sender, agent, noon):
    browser, drop = signed_in(agent), play.open_drop(sender)
    answer = browser.post("/me/tours/agent/close", {"back": "/board?pack=wild"})
    assert answer["Location"] == "/board?pack=wild"
    for path in ("/board", drop.get_absolute_url()):
        assert hints_on(browser, path) == []
    assert hints_on(signed_in(agent), "/board") == [] and hints_on(browser, "/drops/new") == ["post"]


def test_strangers_see_none(client, db):
    assert hints_on(client, "/board") == hints_on(client, "/drops/new") == []


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_closing_leads_to_no_other_site(agent, back):
    assert signed_in(agent).post("/me/tours/sender/close", {"back": back})["Location"] == "/"


def test_there_are_no_other_hints(agent):
    with pytest.raises(NoSuchTour):
        close_tour(user=agent, tour="judge", now=NOON)
    assert signed_in(agent).post("/me/tours/judge/close").status_code == 404
    agent.refresh_from_db()
    assert (agent.sender_tour_closed_at, agent.agent_tour_closed_at) == (None, None)


def test_the_first_moment_stays(agent):
    for moment in (NOON, after(60)):
        close_tour(user=agent, tour="agent", now=moment)
    agent.refresh_from_db()
    assert agent.agent_tour_closed_at == NOON


def test_whoever_was_there_before_needs_none(agent):
    with connection.cursor() as cursor:
        cursor.execute(import_module("accounts.migrations.0012_tours").CLOSE)
    assert not User.objects.filter(sender_tour_closed_at=None).exists()
    assert hints_on(signed_in(agent), "/board") == []
