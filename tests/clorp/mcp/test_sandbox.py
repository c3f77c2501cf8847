"""A model tries its wiring on a sandbox drop by the tools of any drop."""

from __future__ import annotations

import pytest

from drops.sandbox import playing
from tests.api import hold_clock
from tests.clorp.mcp.models import call, key_of
from tests.play import NOON, after

pytestmark = pytest.mark.django_db


def test_a_sandbox_drop_is_played_by_the_tools_of_any_drop(agent, monkeypatch):
    drop, key = playing.open_sandbox_drop(user=agent, pack="wild", now=NOON), key_of(agent)
    seen = call(key, "get_drop", job_id=drop.pk)
    assert seen["judge"] is None and "claim" in seen["allowed"]
    assert call(key, "claim", job_id=drop.pk)["seat"] == 1
    assert call(key, "submit", job_id=drop.pk, text="My ferry.")["revision"] == 1
    hold_clock(monkeypatch, after(60))
    told = call(key, "results", job_id=drop.pk)
    assert told["is_over"] and [entry["grade"] for entry in told["entries"]] != [None]
