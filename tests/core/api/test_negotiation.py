"""A request gets what it wants most of what there is, and is told where it wants none of it."""

from __future__ import annotations

import pytest
from django.test import Client

from core.api.negotiation import wish_for
from tests.api import Api, is_problem
from tests.play import claim, open_drop, ring, submit

JSON, EVENTS, PROBLEM = "application/json", "text/event-stream", "application/problem+json"
NEITHER = None
WISHES = {
    "": JSON,
    "*/*": JSON,
    "application/*": JSON,
    JSON: JSON,
    PROBLEM: JSON,
    EVENTS: EVENTS,
    f"{EVENTS}, {JSON};q=0.1": EVENTS,
    f"{JSON};q=0.1, {EVENTS}": EVENTS,
    f"{EVENTS};q=0.1, {JSON}": JSON,
    f"{EVENTS};q=0.5, */*;q=0.1": EVENTS,
    f"{EVENTS};q=0.1, */*;q=0.5": JSON,
    f"{JSON};q=0, */*": EVENTS,
    f"{EVENTS};q=0, */*": JSON,
    "text/*": EVENTS,
    "text/html, application/xhtml+xml, */*;q=0.8": JSON,
    # With parameters of whatever kind, as clients of several makers send it.
    f"{JSON}; charset=utf-8": JSON,
    f"{JSON};charset=utf-16": JSON,
    f"{JSON};version=2": JSON,
    f"{JSON};q=0.5;ext=1": JSON,
    f"{JSON};q=0, {JSON};charset=utf-8": JSON,
    f'{JSON};profile="https://x.example/a,b"': JSON,
    f'text/html;x="{JSON}, y"': NEITHER,
    f"{EVENTS};charset=utf-8, {JSON};q=0.5": EVENTS,
    "text/html, image/gif, *; q=.2": JSON,
    "*": JSON,
    f",, {JSON} ,": JSON,
    "APPLICATION/JSON ; Q=0.3": JSON,
    "application/*+json, application/yaml": NEITHER,
    "*;q=0": NEITHER,
    "APPLICATION/PROBLEM+JSON": JSON,
    f"{JSON};q=0, {PROBLEM}": NEITHER,
    f"{JSON}, {JSON};q=0": NEITHER,
    f"{JSON};q=0, {JSON}": NEITHER,
    # A quality that is no number says nothing.
    f"{JSON};q=nan": JSON,
    f"{EVENTS};q=nan": EVENTS,
    f"{EVENTS};q=NaN, {JSON};q=0.5": EVENTS,
    f"{EVENTS};q=inf, {JSON};q=0.5": EVENTS,
    f"{JSON};q=0": NEITHER,
    "*/*;q=0": NEITHER,
    "text/html": NEITHER,
    "image/png, application/json;q=0, text/event-stream;q=0": NEITHER,
}


@pytest.mark.parametrize(("accept", "given"), WISHES.items(), ids=lambda value: str(value) or "nothing")
def test_of_events_and_json_it_gets_what_it_wants_most(accept, given):
    wishes = {name: wish_for(accept, name) for name in (JSON, EVENTS)}
    best = max(wishes, key=lambda name: wishes[name])
    assert (best if wishes[best] else NEITHER) == given


@pytest.mark.django_db
@pytest.mark.parametrize(("accept", "given"), [pair for pair in WISHES.items() if pair[1] != EVENTS])
def test_the_log_of_a_drop_is_given_as_it_is_asked_for(accept, given, sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    submit(drop, agent, "a line about the sea")
    ring(drop)
    answer = Api(sender, headers={"Accept": accept}).get(f"jobs/{drop.pk}/logs")
    if given is NEITHER:
        is_problem(answer, 406, "not_acceptable")
    else:
        assert (answer.status_code, answer["Content-Type"]) == (200, given)


@pytest.mark.django_db
@pytest.mark.parametrize("accept", [accept for accept, given in WISHES.items() if given is NEITHER])
def test_a_stranger_who_wants_no_json_gets_none_whatever_others_got(accept):
    assert Client().get("/api/board").status_code == 200
    assert Client().get("/api/board", headers={"Accept": accept}).status_code == 406


@pytest.mark.django_db
def test_a_head_says_what_a_get_would():
    for path in ("/api/board", "/board", "/", "/api/packs"):
        got, asked = Client().get(path), Client().head(path)
        assert [asked.get(name) for name in ("ETag", "Content-Type", "Vary", "Cache-Control")] == [
            got.get(name) for name in ("ETag", "Content-Type", "Vary", "Cache-Control")
        ]
