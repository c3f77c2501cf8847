"""How fast a judge may be asked. Nobody waits here: a turn that would not come at once is refused."""

from __future__ import annotations

import itertools
import threading
from types import SimpleNamespace

import pytest

from drops.judging.panel import rate_limit
from drops.judging.panel.rate_limit import RateLimit

NEVER = threading.Event()
# Each look at the clock takes a microsecond, whatever it takes on a slow machine: turns come by time.
TICKS = itertools.count(1_000_000_000)
TIME = SimpleNamespace(monotonic=lambda: next(TICKS) / 1_000_000)


@pytest.fixture(autouse=True)
def in_test_time(monkeypatch):
    monkeypatch.setattr(rate_limit, "time", TIME)


def turns_at_once(pace, tries=200):
    """How many turns are to be had without waiting."""
    return sum(pace.wait_turn(until=TIME.monotonic() + 1e-4, stop=NEVER) for _ in range(tries))


@pytest.mark.parametrize(("per_minute", "burst", "turns"), [(120, 8, 8), (120, 99, 8), (30, 8, 2), (5, 8, 1)])
def test_a_burst_is_a_small_part_of_the_minute(per_minute, burst, turns):
    assert turns_at_once(RateLimit(per_minute, burst)) == turns


@pytest.mark.parametrize("per_minute", [2, 30, 120, 900, 60_000])
def test_a_burst_and_a_full_minute_stay_within_the_limit(per_minute):
    pace = RateLimit(per_minute, 32)
    burst = 1 + pace.early_seconds / pace.interval_seconds
    assert burst + 60 / pace.interval_seconds <= per_minute + 1e-6


def test_nobody_starts_while_the_server_asks_for_a_pause():
    pace = RateLimit(60_000, 32)
    pace.hold(30)
    assert turns_at_once(pace) == 0


def test_a_turn_that_was_refused_is_not_used_up():
    pace = RateLimit(120, 8)
    assert turns_at_once(pace, tries=8) == 8
    before = pace.next_due
    assert turns_at_once(pace, tries=5) == 0
    assert pace.next_due == before


def test_whoever_stops_gets_no_turn():
    stop = threading.Event()
    stop.set()
    assert not RateLimit(60, 8).wait_turn(until=None, stop=stop)
