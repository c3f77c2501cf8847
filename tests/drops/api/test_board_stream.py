"""The board as a stream: what begins it, what is told of a change, by which filters, and how it goes on."""

from __future__ import annotations

import json

import pytest

from core.live import list_feed, threads
from drops.api import board_stream
from drops.contest import competing, posting
from drops.models.claim import SEATS_MAX
from drops.moderation import takedowns
from tests.api import Api, hold_clock
from tests.core.live.story import read_in_threads_alone
from tests.drops.board_watched import Watched, told
from tests.play import NOON, after, claim, enter, make_user, open_drop, ring

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def read_here(monkeypatch):
    """Nothing of a test is committed, so its own thread must do the reading."""

    async def ask(call):
        return call()

    monkeypatch.setattr(threads, "ask", ask)
    hold_clock(monkeypatch)


@pytest.fixture
def watched():
    return Watched()


def test_it_ends_once_its_reader_would_not_be_let_in_any_more(watched, sender, monkeypatch):
    monkeypatch.setattr(board_stream, "HEARTBEAT_SECONDS", 0)
    doors = [True, False]
    events = watched.heard(lambda: open_drop(sender), lambda: 1 / 0, is_let_in=lambda: doors.pop(0))
    assert [name for name, _, _ in events] == ["begin", "current", "opened"] and not doors


# --- what is told ---


def test_it_begins_with_what_is_open_soonest_bell_first(watched, sender):
    late, soon = open_drop(sender, window_seconds=900), open_drop(sender)
    events = watched.heard()
    assert [name for name, _, _ in events] == ["begin", "opened", "opened", "current"]
    assert told(events) == [("opened", str(soon.pk)), ("opened", str(late.pk))]


def test_an_event_says_of_a_drop_what_the_list_says_to_strangers(watched, sender):
    open_drop(sender, env_vars={"KEY": "secret"})
    events = watched.heard()
    assert events[1][1] == Api().get("board").json()[0]
    assert "secret" not in json.dumps(events)


def test_what_opens_changes_and_closes_is_told_in_its_order(watched, sender, agent):
    drops = []

    def opens():
        drops.append(open_drop(sender))
        return drops[0]

    def fills():
        claim(drops[0], agent)
        return drops[0]

    events = watched.heard(opens, fills, lambda: ring(drops[0]))
    assert told(events) == [(name, str(drops[0].pk)) for name in ("opened", "changed", "gone")]
    assert [data.get("claims_count") for _, data, _ in events[2:]] == [0, 1, None]


def test_what_is_cancelled_or_hidden_is_gone(watched, sender, staff):
    taken_back, hidden = open_drop(sender), open_drop(sender)

    def hides():
        takedowns.hide_drop(drop=hidden, staff=staff, told="It names a person.", reason="Reported.", now=NOON)
        return hidden

    events = watched.heard(lambda: posting.cancel_drop(drop=taken_back, sender=sender, now=NOON), hides)
    assert told(events)[2:] == [("gone", str(taken_back.pk)), ("gone", str(hidden.pk))]


def test_an_unpaid_drop_is_no_news(watched, sender):
    events = watched.heard(lambda: posting.create_drop(sender=sender, terms=posting.Terms(prompt="Mine."), now=NOON))
    assert told(events) == []


def test_a_second_entry_of_somebody_is_no_news(watched, sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    events = watched.heard(lambda: drop)
    assert told(events) == [("opened", str(drop.pk))]


# --- filters ---


@pytest.mark.parametrize(
    ("wanted", "terms"),
    [
        ({"pack": "code"}, {"pack": "code"}),
        ({"min_price_cents": 600}, {"price_cents": 600}),
        ({"words": "ferr"}, {"prompt": "Name my Ferry."}),
        ({"words": "über boot"}, {"title": "Übers Boot"}),
        ({"min_seconds_left": 400}, {"window_seconds": 500}),
        ({"max_seconds_left": 200}, {"window_seconds": 200}),
    ],
)
def test_only_what_fits_the_filters_is_told_as_the_list_has_it(watched, sender, wanted, terms):
    open_drop(sender, prompt="Roast my deck.", pack="roast")
    fitting = open_drop(sender, **{"pack": "roast", "prompt": "Roast my deck.", **terms})
    others = [fitting]

    def opens(**of):
        others.append(open_drop(sender, **{"pack": "roast", "prompt": "Roast my deck.", **of}))
        return others[-1]

    events = watched.heard(lambda: opens(**terms), opens, **wanted)
    assert told(events) == [("opened", str(fitting.pk)), ("opened", str(others[1].pk))]
    query = {("q" if name == "words" else name): value for name, value in wanted.items()}
    listed = Api().get("board?" + "&".join(f"{name}={value}" for name, value in query.items())).json()
    assert {row["id"] for row in listed} == {name for _, name in told(events)}


def test_a_drop_without_seats_is_gone_for_whoever_wants_seats_and_comes_back(watched, sender):
    drop, agents = open_drop(sender), [make_user(f"agent{number}") for number in range(SEATS_MAX)]

    def fills():
        for each in agents:
            claim(drop, each)
        return drop

    def frees():
        competing.release_claim(drop_id=drop.pk, agent=agents[0], now=NOON)
        return drop

    events = watched.heard(fills, frees, has_seats=True)
    assert told(events) == [(name, str(drop.pk)) for name in ("opened", "gone", "opened")]


def test_time_left_passes_by_the_clock_alone(watched, sender, monkeypatch):
    soon, late = open_drop(sender), open_drop(sender, window_seconds=900)

    def passes():
        hold_clock(monkeypatch, after(250))

    first = watched.heard(passes, min_seconds_left=100)
    assert told(first)[2:] == [("gone", str(soon.pk))]
    hold_clock(monkeypatch, NOON)
    assert told(Watched().heard(passes, max_seconds_left=700)) == [("opened", str(soon.pk)), ("opened", str(late.pk))]


@pytest.mark.parametrize("wanted", [{}, {"min_seconds_left": 100}])
def test_no_stream_asks_the_database_in_the_event_loop(watched, sender, wanted, monkeypatch):
    drops = [open_drop(sender), open_drop(sender)]
    read_in_threads_alone(monkeypatch)
    assert len(told(watched.heard(lambda: drops[0], **wanted))) == 2


# --- going on ---


def test_it_goes_on_behind_the_last_event_that_its_reader_has(watched, sender, agent):
    first = open_drop(sender)
    *_, (_, _, mark) = watched.heard()
    second = open_drop(sender)
    watched.reads(second)
    claim(first, agent)
    watched.reads(first)
    events = watched.heard(mark=mark)
    assert told(events) == [("opened", str(second.pk)), ("changed", str(first.pk))]
    assert [name for name, _, _ in events][-1] == "current" and "begin" not in [name for name, _, _ in events]
    assert told(watched.heard(mark=events[0][2])) == [("changed", str(first.pk))]


def test_going_on_heeds_filters_of_what_was_told_before(watched, sender):
    code, roast = open_drop(sender, pack="code"), open_drop(sender, pack="roast")
    *_, (_, _, mark) = watched.heard(pack="code")
    for drop in (code, roast):
        watched.reads(ring(drop))
    assert told(watched.heard(mark=mark, pack="code")) == [("gone", str(code.pk))]


@pytest.mark.parametrize("mark", ["", "00000000-0", "nonsense"])
def test_from_a_mark_that_is_unknown_it_begins_anew(watched, sender, mark):
    open_drop(sender)
    assert [name for name, _, _ in watched.heard(mark=mark)] == ["begin", "opened", "current"]


def test_who_falls_too_far_behind_begins_anew(watched, sender, agent, monkeypatch):
    drop = open_drop(sender)
    monkeypatch.setattr(list_feed, "CHANGES_KEPT", 1)
    few = Watched()

    def much_happens():
        claim(drop, agent)
        few.reads(drop)
        few.reads(open_drop(sender))
        few.reads(open_drop(sender))

    assert [name for name, _, _ in few.heard(much_happens)].count("begin") == 2
