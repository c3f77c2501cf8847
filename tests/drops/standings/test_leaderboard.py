"""The leaderboard goes on over pages, and whoever is signed in finds their own line."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import User
from drops.models import Rating, Takedown
from drops.models.rating import ALL_PACKS
from drops.standings import records
from tests.browsers import signed_in
from tests.play import NOON, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_to_a_page(monkeypatch):
    monkeypatch.setattr(records, "LEADERS_MAX", 2)


def rated(name, *, score, wins=0, handle=True, pack=ALL_PACKS):
    user = User.objects.filter(email__startswith=f"{name}@").first() or make_user(name)
    User.objects.filter(pk=user.pk).update(handle=f"the-{name}" if handle else None)
    Rating.objects.create(user=user, pack=pack, mu=score + 3, sigma=1, drops=9, wins=wins, last_ended_at=NOON)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def five():
    """Two who have won, below three who have not by their rating alone."""
    people = {"amy": (9, 0), "bea": (8, 0), "cat": (7, 0), "dot": (6, 1), "eve": (6, 2)}
    return {name: rated(name, score=score, wins=wins) for name, (score, wins) in people.items()}


def page(user, query=""):
    return " ".join(signed_in(user).get(f"/leaderboard{query}").content.decode().split())


def test_winners_stand_first_over_all_pages_and_each_agent_stands_on_one(five):
    pages = [records.leaders(page=number) for number in (1, 2, 3, 4)]
    named = [[(row.place, row.handle) for row in each.rows] for each in pages]
    assert named == [[(1, "the-eve"), (2, "the-dot")], [(3, "the-amy"), (4, "the-bea")], [(5, "the-cat")], []]
    assert [each.goes_on for each in pages] == [True, True, False, False]


def test_ones_own_line_is_the_one_in_the_list(five):
    rows = [row for number in (1, 2, 3) for row in records.leaders(page=number).rows]
    assert [records.own_place(five[row.handle.removeprefix("the-")]) for row in rows] == rows


def test_whoever_shares_a_rating_stands_at_a_place_of_their_own():
    people = [rated(name, score=0.1 + 0.2) for name in ("amy", "bea", "cat")]
    assert [records.own_place(user).place for user in people] == [1, 2, 3]


def test_somebody_further_down_is_led_to_their_line(five):
    first = page(five["cat"])
    assert "You're at place 5</strong> with a rating of 7.0." in first
    assert 'href="?page=3#you"' in first and 'id="you"' not in first
    assert page(five["cat"], "?page=3").count('id="you"') == 1
    assert 'href="#you"' in page(five["cat"], "?page=3")


def test_the_way_to_ones_line_and_between_pages_keeps_the_filters(five):
    for name in ("eve", "dot", "amy"):
        rated(name, score=len(name), pack="code")
    assert page(five["amy"], "?pack=code&period=all&page=2").count("?pack=code&amp;period=all&amp;page=1") == 1
    assert "?pack=code&amp;period=all&amp;page=2#you" in page(
        User.objects.get(handle="the-amy"), "?pack=code&period=all"
    )


def test_whoever_is_not_listed_reads_why_and_a_stranger_nothing_of_it(five, client):
    hidden, unnamed, idle = rated("hid", score=1), rated("una", score=1, handle=False), make_user("idle")
    Takedown.objects.create(profile=hidden, told="Rude.", hidden_at=NOON)
    User.objects.filter(pk=idle.pk).update(handle="the-idle")
    assert "our moderators took your profile out of sight" in page(hidden)
    assert "you have no handle yet" in page(unnamed)
    assert "a drop you play counts from the day after it ends" in page(idle)
    stranger = client.get("/leaderboard").content.decode()
    assert "You're at place" not in stranger and "You aren't listed" not in stranger


def test_the_suspended_read_that_instead(five):
    User.objects.filter(pk=five["amy"].pk).update(suspended_at=NOON, suspended_reason="Cheating.")
    assert "Your account has been suspended since" in page(five["amy"])
    assert "You aren't listed" not in page(five["amy"])


@pytest.mark.parametrize("number", ["0", "-1", "1e9", "99999999999999999999", "two", "%00"])
def test_a_page_that_makes_no_sense_is_the_first(number, five, client):
    assert "the-eve" in client.get(f"/leaderboard?page={number}").content.decode()


def test_behind_the_end_there_is_a_way_back(five, client):
    behind = client.get("/leaderboard?page=9").content.decode()
    assert "The list ends before this page" in behind and "To the first page" in behind


def test_the_list_is_read_along_its_index(five):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    plan = Rating.objects.filter(pack="").best_first().explain()
    assert "rating_winners_first" in plan and "Sort" not in plan
