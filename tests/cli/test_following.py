"""Streams: read as they come, gone on with where one broke off, and replaced by asking where there are none."""

from __future__ import annotations

import json
from contextlib import contextmanager
from itertools import islice

import pytest

from clorp_cli.errors import Exit, Failure
from clorp_cli.following import events_in, follow_board, follow_drop
from tests.cli.conftest import key_of

JOB = "3f2a9c1d-0000-4000-8000-000000000000"


class Answer:
    status_code = 200
    headers = {"Content-Type": "text/event-stream"}

    def __init__(self, *lines, breaks=False):
        self.lines, self.breaks = lines, breaks

    def iter_lines(self):
        yield from self.lines
        if self.breaks:
            raise Failure("Gone.", Exit.AWAY)


class Site:
    """A site whose streams are these, one after the other; `marks` are what they were asked to go on from."""

    def __init__(self, *answers):
        self.answers, self.marks = list(answers), []

    @contextmanager
    def stream(self, path, *, after="", **_):
        self.marks.append(after)
        if not self.answers:
            raise Failure("Nobody is there.", Exit.AWAY)
        yield self.answers.pop(0)


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    waits = []
    monkeypatch.setattr("clorp_cli.following.time.sleep", waits.append)
    return waits


def test_events_are_read_as_browsers_read_them():
    lines = [":", "id: 7", "event: log", 'data: {"a":', "data: 1}", "", "data: 2", "", "event: x", "", "data: {", ""]
    read = [(event.name, event.data, event.mark) for event in events_in(lines)]
    assert read == [("log", {"a": 1}, "7"), ("message", 2, "7")]


def test_a_stream_that_breaks_is_gone_on_with_where_it_broke():
    first = Answer("id: 7", "event: log", 'data: {"content": "one"}', "", breaks=True)
    second = Answer("id: 8", "event: log", 'data: {"content": "two"}', "", "event: end", "data: {}", "")
    site = Site(first, Answer(), second)
    assert [event.name for event in follow_drop(site, JOB)] == ["log", "log", "end"]
    assert site.marks == ["", "7", "7"]


def board_event(name, **data):
    return f"event: {name}", f"data: {json.dumps(data)}", ""


def test_a_board_that_is_told_anew_tells_only_what_has_changed():
    first = [*board_event("begin"), *board_event("opened", id="a"), *board_event("opened", id="b")]
    second = [*board_event("begin"), *board_event("opened", id="b", claims_count=1), *board_event("opened", id="c")]
    site = Site(Answer(*first, *board_event("current")), Answer(*second, *board_event("current")))
    seen = [(kind, job["id"]) for kind, job in islice(follow_board(site, {}), 5)]
    assert seen == [("opened", "a"), ("opened", "b"), ("changed", "b"), ("opened", "c"), ("gone", "a")]


def test_a_site_that_was_never_there_is_not_waited_for():
    site = Site()
    with pytest.raises(Failure) as refused:
        list(follow_drop(site, JOB))
    assert (refused.value.exit_code, site.marks) == (Exit.AWAY, [""])


@pytest.mark.django_db(transaction=True)
def test_the_board_is_watched_without_a_stream_too(clorp, site):
    job = clorp("drop", "Name my ferry.", "--pack", "roast", "-y", key=key_of("sender@example.com")).json["id"]
    seen = clorp("watch", "--pack", "roast", "--for", "1s").lines
    assert [(line["event"], line["job"]["id"]) for line in seen] == [("opened", job)]
    assert clorp("watch", "--pack", "code", "--for", "1s").lines == []


@pytest.mark.django_db(transaction=True)
def test_waiting_ends_by_how_the_drop_ended_or_when_the_time_is_up(clorp, site):
    sender = key_of("sender@example.com")
    job = clorp("drop", "Name my ferry.", "-y", key=sender).json["id"]
    late = clorp("wait", job, "--timeout", "1s", key=sender)
    assert (late.code, late.lines[-1]["code"]) == (7, "timeout")
    clorp("cancel", job, "-y", key=sender)
    ended = clorp("wait", job, key=sender)
    assert (ended.code, ended.lines[-1]["code"]) == (9, "cancelled_by_sender")
    assert [line.get("event") for line in ended.lines[:-1]] == ["status", "counts", "end"]
