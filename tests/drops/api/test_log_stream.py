"""The log as a stream: who reads what of it, how it goes on, how it ends."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import AsyncRequestFactory

from core.live import sse, threads
from core.live.mailbox import Closed
from core.live.stream_quota import StreamQuota
from drops.api import entries, log_stream
from drops.contest import competing
from drops.judging import rounds
from drops.judging.verdicts import log_act
from drops.moderation import decisions, disqualifying
from drops.ranking import Audience
from tests.api import Api, hold_clock, is_problem
from tests.core.live.story import read_whole
from tests.play import NOON, after, claim, enter, finished_drop, judge, make_user, open_drop, ring, submit
from tests.reference import as_the_reference_has_them

pytestmark = pytest.mark.django_db
SECRET = "The words that nobody may see"


@pytest.fixture(autouse=True)
def serving(monkeypatch):
    hold_clock(monkeypatch)
    hub = SimpleNamespace(is_listening=True, quota=StreamQuota())
    monkeypatch.setattr(ASGIRequest, "hub", hub, raising=False)
    request_finished.disconnect(close_old_connections)
    yield hub
    request_finished.connect(close_old_connections)


@pytest.fixture
def read_here(monkeypatch):
    """Nothing of a test is committed, so its own thread must do the reading."""

    async def ask(call):
        return call()

    monkeypatch.setattr(threads, "ask", ask)


def ask(drop, user=None, mark="", accept="text/event-stream"):
    """The view, as the ASGI process calls it."""
    headers = {"Accept": accept, **({"Last-Event-ID": mark} if mark else {}), **Api(user).headers}
    request = AsyncRequestFactory().get("/api/jobs/x/logs", headers=headers)
    request.request_id = "x"
    response = entries.Logs.as_view()(request, drop_id=drop.pk)
    response.close()
    return response.render() if hasattr(response, "render") else response


def heard(drop, *acts, reader=None, number=0, is_let_in=lambda: True, waits=None):
    """All events of a stream during which `acts` happen, one after the other. Nothing in it ever has to wait."""
    waiting = list(acts)

    class Line:
        async def next(self, *, seconds):
            if waits is not None:
                waits.append(seconds)
            if not waiting:
                raise Closed
            waiting.pop(0)()
            return True

    @contextmanager
    def follow(drop_id):
        yield Line()

    events = log_stream.log_events(SimpleNamespace(follow=follow), drop.pk, reader, number, is_let_in=is_let_in)
    return as_the_reference_has_them("/api/jobs/{drop_id}/logs", read_whole(events))


def seen_again(drop):
    drop.refresh_from_db()
    return drop


def names(events):
    return [name for name, _, _ in events]


# --- who is answered by a stream ---


def test_who_asks_for_a_stream_gets_one_and_who_asks_for_json_a_list(sender, agent):
    drop = open_drop(sender)
    for reader in (None, sender, agent):
        assert ask(drop, reader)["Content-Type"] == "text/event-stream"
        assert ask(drop, reader, accept="application/json")["Content-Type"] == "application/json"


def test_where_no_stream_is_served_the_refusal_is_json_and_says_what_to_do(sender):
    drop = open_drop(sender)
    problem = is_problem(Api().get(f"jobs/{drop.pk}/logs", Accept="text/event-stream"), 503, "no_stream")
    assert "JSON" in problem["next_step"]


def test_too_many_streams_are_refused_in_words(sender, settings):
    settings.LIVE_STREAMS_PER_ADDRESS_MAX = 0
    response = ask(open_drop(sender))
    assert (response.status_code, response.data["code"]) == (429, "too_many_streams")
    assert response["Content-Type"] == "application/problem+json"


def test_a_mark_that_is_none_of_ours_is_refused(sender):
    drop = open_drop(sender)
    for mark in ("x", "-1", "9" * 40):
        assert ask(drop, mark=mark).status_code == 400


def test_who_has_all_of_an_ended_drop_is_told_not_to_come_again(sender, agent):
    drop = finished_drop(sender, agent)
    last = drop.ranking_logs.order_by("-pk").first().pk
    assert ask(drop, sender, mark=str(last)).status_code == 204
    assert ask(drop, sender, mark=str(last - 1)).status_code == ask(drop, sender).status_code == 200


# --- what it says ---


def test_it_begins_with_how_things_stand_and_tells_of_each_change(sender, agent, read_here):
    drop = open_drop(sender)
    events = heard(drop, lambda: claim(drop, agent), lambda: None, lambda: submit(drop, agent))
    assert names(events) == ["status", "counts", "counts", "counts"]
    assert events[0][1] == {
        "job_id": str(drop.pk),
        "status": "open",
        "outcome_reason": None,
        "window_closes_at": "2030-01-01T12:05:00Z",
    }
    told = [(data["claims_count"], data["submissions_count"]) for _, data, _ in events[1:]]
    assert told == [(0, 0), (1, 0), (1, 1)]


def test_lines_come_as_they_are_written_and_the_end_comes_last(sender, agent, rival, read_here):
    drop = open_drop(sender)
    enter(drop, agent), enter(drop, rival)
    events = heard(drop, lambda: ring(drop), lambda: judge(seen_again(drop), sender), reader=sender)
    assert names(events)[-1] == "end" and names(events).count("status") == 3
    lines = [(data["content"], mark) for name, data, mark in events if name == "log"]
    assert lines == [(row.content, str(row.pk)) for row in drop.ranking_logs.order_by("pk")]


def test_it_goes_on_behind_the_line_that_the_reader_has(sender, agent, rival, read_here, monkeypatch):
    monkeypatch.setattr(log_stream, "LINES_AT_ONCE_MAX", 2)
    drop = finished_drop(sender, agent, rival)
    whole = [mark for name, _, mark in heard(drop, reader=sender) if name == "log"]
    rest = [mark for name, _, mark in heard(drop, reader=sender, number=int(whole[1])) if name == "log"]
    assert len(whole) == drop.ranking_logs.count() and rest == whole[2:]


def test_a_drop_that_is_taken_from_sight_ends_the_stream(sender, staff, read_here):
    drop = open_drop(sender)
    events = heard(
        drop, lambda: decisions.remove_drop(drop=drop, staff=staff, told="x", reason="x", now=NOON), lambda: 1 / 0
    )
    assert names(events) == ["status", "counts"]


# --- what it must not say ---


def test_it_ends_once_its_reader_would_not_be_let_in_any_more(sender, read_here):
    drop, door = open_drop(sender), [True]
    events = heard(drop, door.clear, lambda: 1 / 0, reader=sender, is_let_in=lambda: bool(door))
    assert names(events) == ["status", "counts"]


@pytest.mark.parametrize("role", ["sender", "rival", "stranger"])
def test_until_the_bell_it_tells_nothing_of_an_entry_but_that_there_is_one(role, sender, agent, staff, read_here):
    reader = {"sender": sender, "rival": make_user("fern"), "stranger": None}[role]
    drop = open_drop(sender)
    enter(drop, agent, SECRET)
    entry = drop.submissions.get()

    def disqualify():
        disqualifying.disqualify_entry(submission=entry, staff=staff, told="Off topic.", reason="Off topic.", now=NOON)

    events = heard(drop, lambda: submit(drop, agent, SECRET * 2, now=after(9)), disqualify, reader=reader)
    assert names(events) == ["status", "counts"]
    assert not [word for word in (SECRET, "Off topic.", str(entry.pk), str(agent.pk)) if word in str(events)]


def test_its_heartbeats_do_not_tell_of_what_is_hidden(sender, read_here, monkeypatch):
    waits, now = [], SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(sse, "time", SimpleNamespace(monotonic=lambda: now.seconds))

    def something_hidden():
        now.seconds += 6.0

    heard(open_drop(sender), something_hidden, something_hidden, waits=waits)
    assert waits == [15.0, 9.0, 3.0]


@pytest.mark.parametrize("role", ["agent", "rival", "stranger"])
def test_how_the_judging_goes_is_told_to_its_sender_alone(role, sender, agent, rival, read_here):
    reader = {"agent": agent, "rival": rival, "stranger": None}[role]
    drop = open_drop(sender)
    enter(drop, agent), enter(drop, rival)
    ring(drop)

    def write():
        log_act(drop, "One comparison is done.", Audience.SENDER, now=NOON)

    assert names(heard(drop, write, lambda: hand_on(drop), reader=reader)) == ["status", "counts"]
    assert "log" in names(heard(drop, reader=sender))


def hand_on(drop):
    rounds.hand_to_staff(drop=drop, reason="Odd entries.", now=NOON)


def test_a_stream_and_a_list_show_the_same_lines(sender, agent, rival, read_here):
    drop = finished_drop(sender, agent, rival)
    for reader in (None, agent, rival, sender):
        streamed = [data for name, data, _ in heard(drop, reader=reader) if name == "log"]
        assert streamed == Api(reader).get(f"jobs/{drop.pk}/logs?limit=100").json()


def test_a_seat_that_is_let_go_shows_as_a_count(sender, agent, read_here):
    drop = open_drop(sender)
    claim(drop, agent)
    events = heard(drop, lambda: competing.release_claim(drop_id=drop.pk, agent=agent, now=NOON))
    assert [data["claims_count"] for name, data, _ in events if name == "counts"] == [1, 0]
