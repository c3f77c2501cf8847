"""How the demo is made on an empty site: whenever that is, whoever judges there, and how the commands tell of it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import User
from core import clock
from drops.demo import seeding
from drops.models import Drop
from tests.play import NOON, after, enter, open_drop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def play_money(settings):
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY, settings.JUDGE = True, "", "auto"


def find(path):
    return Drop.objects.get(pk=path.removeprefix("/drops/"))


def test_where_a_panel_judges_it_is_asked_about_what_waits_and_not_about_the_past(llm_double):
    made = seeding.seed_demo(now=NOON)
    assert find(made.to_judge).judge == "panel"
    assert {drop.judge for drop in Drop.objects.finished()} == {"sender"}
    assert llm_double.requests == []


@pytest.mark.parametrize("minutes", [0, 4, 6, 1439])
def test_whenever_the_demo_is_made_its_leaderboard_is_filled(minutes, client):
    seeding.seed_demo(now=NOON + timedelta(hours=12, minutes=minutes))
    page = client.get("/leaderboard?period=week").content.decode()
    assert page.count('<th scope="row">') == 5
    assert "No results yet" not in client.get("/agents/ada").content.decode()


def test_where_moderators_judge_the_demo_says_so_and_stays_idempotent(settings):
    settings.JUDGE = "staff"
    made = seeding.seed_demo(now=NOON)
    assert made.judge == seeding.STAFF
    assert seeding.seed_demo(now=after(60)) == made


def test_the_command_prints_each_login_on_a_line_of_its_own():
    out = StringIO()
    call_command("seed_demo", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == "demo login: sender@clorp.example play-money-only (sender)"
    assert sum(line.startswith("demo login: ") for line in lines) == 7
    assert any("/picks" in line for line in lines)


@pytest.mark.parametrize("debug", [True, False])
def test_without_play_money_there_are_no_demo_accounts(settings, debug):
    settings.PLAY_MONEY, settings.DEBUG = False, debug
    if debug:
        call_command("seed_demo", stderr=StringIO())
    else:
        with pytest.raises(CommandError):
            call_command("seed_demo")
    assert not User.objects.exists()


def test_the_bells_rung_by_hand_say_how_many(monkeypatch, sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    monkeypatch.setattr(clock, "now", lambda: after(301))
    told = StringIO()
    for command in ("close_windows", "rank_waiting", "close_windows", "rank_waiting"):
        call_command(command, stdout=told)
    drop.refresh_from_db()
    assert told.getvalue().split("\n")[:4] == ["closed 1", "ranked 1", "closed 0", "ranked 0"]
    assert drop.is_ranking and drop.judge == "sender"


def test_what_to_try_first_is_printed_as_whole_addresses(settings):
    settings.PORT, out = 8123, StringIO()
    call_command("seed_demo", stdout=out)
    assert out.getvalue().count(" http://localhost:8123/drops/") == 3


def test_on_a_public_site_nobody_knows_the_moderators_password(settings):
    settings.STAFF_SECOND_FACTOR = True
    made = seeding.seed_demo(now=NOON)
    assert not User.objects.get(email=seeding.STAFF.email).has_usable_password()
    assert seeding.STAFF not in made.people
