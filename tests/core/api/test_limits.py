"""Limits are counted by the one clock, and count whoever is refused as well."""

from __future__ import annotations

import time

import pytest

from accounts.api.limits import of_user
from core.api.limits import of_stranger
from tests.api import hold_clock
from tests.play import after

pytestmark = pytest.mark.django_db


def test_machines_whose_clocks_differ_count_in_the_same_minute(rf, agent, monkeypatch):
    hold_clock(monkeypatch, after(50))
    told = set()
    for machine in (0.0, 3_600.0):
        monkeypatch.setattr(time, "time", lambda machine=machine: machine)
        told |= {(quota.key, quota.spent(1).reset_seconds) for quota in (of_stranger(rf.get("/")), of_user(agent))}
    assert {reset for _, reset in told} == {11}
    assert len(told) == 2
