"""Previews that one person asks for at the same moment."""

from __future__ import annotations

from functools import partial
from threading import Event

import pytest

from drops.pages import competing
from tests.admin_site import logged_in
from tests.play import make_user
from tests.races.crowd import SECONDS_MAX, at_once

pytestmark = pytest.mark.usefixtures("ledger_db")


@pytest.fixture
def slow(monkeypatch):
    """Let previews of `slow` be made until `goes_on` is set, and tell when one has begun."""
    begun, goes_on = Event(), Event()

    def render(text, **_):
        if text == "slow":
            begun.set()
            goes_on.wait(SECONDS_MAX)
        return "shown"

    monkeypatch.setattr(competing, "render_markdown", render)
    return begun, goes_on


def look(client, text):
    return client.post("/preview", {"body": text})


def test_one_preview_at_a_time_is_made_for_somebody(ledger_db, slow):
    (begun, goes_on), mine, others = slow, logged_in(make_user("agent")), logged_in(make_user("rival"))

    def meanwhile():
        begun.wait(SECONDS_MAX)
        answers = [look(client, "quick") for client in (mine, others)]
        goes_on.set()
        return answers

    first, (second, another) = at_once([partial(look, mine, "slow"), meanwhile])
    assert [answer.status_code for answer in (first, second, another)] == [200, 429, 200]
    assert second.headers["Retry-After"] == "1" and "still being made" in second.content.decode()
    assert look(mine, "quick").status_code == 200
