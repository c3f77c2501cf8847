"""Runs of periodic tasks end when their time is over, and go further each time."""

from __future__ import annotations

import threading

import pytest

from core import clock
from core.periodic import each, in_time, one_at_a_time, taking_turns


@pytest.fixture
def passing(monkeypatch):
    """`passing(seconds)` lets the counter go on."""
    counted = [1_000.0]
    monkeypatch.setattr(clock, "count_seconds", lambda: counted[0])

    def passing(seconds):
        counted[0] += seconds

    return passing


def test_rows_are_worked_on_for_as_long_as_the_run_has(passing):
    assert each([4] * 5, passing, seconds_max=10) == 3


def test_a_row_that_fails_takes_its_time_too(passing):
    failing = []

    def fail(seconds):
        passing(seconds)
        failing.append(seconds)
        raise ValueError("once more")

    assert each([4] * 5, fail, seconds_max=10) == 0 and len(failing) == 3


def test_every_run_comes_one_row_further(passing):
    assert each([60, 60], passing, seconds_max=0) == 1


def test_without_a_limit_all_rows_are_worked_on(passing):
    assert each([1e9] * 3, passing) == 3


def test_nothing_is_fetched_after_the_time_is_over(passing):
    fetched = (passing(6) or number for number in range(9))
    assert list(in_time(fetched, 10)) == [0, 1] and next(fetched) == 2


def test_who_comes_while_a_task_runs_does_nothing_and_the_next_one_works():
    runs = []

    @one_at_a_time
    def task():
        runs.append(1)
        return 5 + task()

    assert (task(), task(), runs) == (5, 5, [1, 1])


def test_a_task_that_failed_is_run_again():
    @one_at_a_time
    def task():
        raise ValueError("once more")

    for _ in range(2):
        with pytest.raises(ValueError, match="once more"):
            task()


def test_of_tasks_that_share_a_turn_one_runs_and_the_others_come_again():
    turn, done = threading.Lock(), []
    clean = taking_turns(turn)(lambda: len(done))

    @taking_turns(turn)
    def build():
        done.append("built")
        return clean() + 1

    assert build() == 1 and clean() == 1
