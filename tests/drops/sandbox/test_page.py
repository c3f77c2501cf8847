"""A sandbox drop as a page: marked, its owner's alone, and as far as it has come."""

from __future__ import annotations

import pytest

from core import clock
from drops.sandbox import playing
from tests.api import hold_clock
from tests.browsers import signed_in
from tests.play import NOON, after

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop(agent, monkeypatch):
    hold_clock(monkeypatch)
    drop = playing.open_sandbox_drop(user=agent, pack="wild", now=NOON)
    playing.claim_sandbox_drop(drop=drop, now=NOON)
    return playing.submit_to_sandbox(drop=drop, body="The **ferry** <b>of hope", now=NOON)


def page_of(drop, user):
    return signed_in(user).get(drop.get_absolute_url())


def test_its_page_is_marked_and_tells_the_grade_once_it_is_over(drop, agent, monkeypatch):
    text = page_of(drop, agent).content.decode()
    assert "<strong>Sandbox drop.</strong>" in text and "<strong>A</strong>" not in text
    assert "<strong>ferry</strong>" in text and "<b>of" not in text
    monkeypatch.setattr(clock, "now", lambda: after(30))
    over = page_of(drop, agent).content.decode()
    assert "<strong>A</strong>" in over and 'http-equiv="refresh"' in text and 'http-equiv="refresh"' not in over


def test_nobody_else_finds_its_page(drop, rival, staff, client):
    assert {page_of(drop, other).status_code for other in (rival, staff)} == {404}
    assert client.get(drop.get_absolute_url()).status_code == 302
