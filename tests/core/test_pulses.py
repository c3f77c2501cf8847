"""Signs of life: workers and the clocks of their machines are in the figures, and the long gone are forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from clorp import celery
from core import clock, pulses
from core.metrics import reading
from core.models import Pulse

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    monkeypatch.setattr(pulses, "host", lambda: "one")
    monkeypatch.setattr(clock, "machine_ahead_seconds", lambda: 3600.0)


def figure(name, **labels):
    return reading(NOON).get_sample_value(name, labels)


def test_a_workers_last_sign_of_life_is_told_with_how_far_its_clock_is_off():
    for seconds in (0, 15):
        pulses.take_pulse(now=NOON + timedelta(seconds=seconds))
    assert figure("clorp_worker_seen_at", host="one") == NOON.timestamp() + 15
    assert figure("clorp_clock_ahead_seconds", host="one", process="worker") == 3600


def test_the_clock_of_whoever_is_asked_is_told_too():
    assert figure("clorp_clock_ahead_seconds", host="one", process="web") == 3600
    assert Pulse.objects.count() == 0


def test_a_worker_that_came_no_more_is_forgotten_after_an_hour():
    Pulse.objects.create(host="two", at=NOON - timedelta(minutes=59))
    Pulse.objects.create(host="three", at=NOON - timedelta(minutes=61))
    pulses.take_pulse(now=NOON)
    assert set(Pulse.objects.values_list("host", flat=True)) == {"one", "two"}


def test_beat_has_it_taken():
    assert "core.tasks.take_pulse" in {entry["task"] for entry in celery.app.conf.beat_schedule.values()}
    celery.app.loader.import_default_modules()
    celery.app.tasks["core.tasks.take_pulse"]()
    assert Pulse.objects.count() == 1
