"""The clock: the database's time, carried on by a counter, whatever is done to the machine's clock."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from core import clock

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Database:
    """Tells NOON and what was counted since, unless it is away. `asked` is how often."""

    def __init__(self) -> None:
        self.asked, self.counted, self.is_away, self.off = 0, 1_000.0, False, timedelta(0)

    def ask(self) -> clock.Reading | None:
        self.asked += 1
        told = NOON + self.off + timedelta(seconds=self.counted - 1_000)
        return None if self.is_away else clock.Reading(told, self.counted)


@pytest.fixture
def database(monkeypatch):
    database = Database()
    monkeypatch.setattr(clock, "ask_database", database.ask)
    monkeypatch.setattr(clock, "count_seconds", lambda: database.counted)
    return database


def set_machine(monkeypatch, moment):
    """Set the machine's clock."""

    class Set(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    monkeypatch.setattr(clock, "datetime", Set)


def test_a_machine_whose_clock_is_set_goes_on_by_the_databases_at_once(database, monkeypatch):
    ours = clock.DatabaseClock()
    assert ours.now() == NOON
    database.counted += 3
    set_machine(monkeypatch, NOON + HOUR)
    assert ours.now() == NOON + timedelta(seconds=3)
    assert database.asked == 1


def test_the_database_is_asked_again_after_ten_seconds(database):
    ours = clock.DatabaseClock()
    ours.now()
    database.counted, database.off = 1_009, HOUR
    assert ours.now() == NOON + timedelta(seconds=9)
    database.counted = 1_011
    assert ours.now() == NOON + HOUR + timedelta(seconds=11)
    assert database.asked == 2


def test_while_the_database_is_away_time_goes_on_by_what_it_last_said(database):
    ours = clock.DatabaseClock()
    ours.now()
    database.counted, database.is_away = 1_100, True
    assert ours.now() == NOON + timedelta(seconds=100)


def test_a_database_that_was_away_at_the_first_call_is_asked_at_the_next(database, monkeypatch):
    set_machine(monkeypatch, NOON + HOUR)
    ours = clock.DatabaseClock()
    database.is_away = True
    assert ours.now() == NOON + HOUR
    database.is_away = False
    assert ours.now() == NOON


def test_all_who_come_before_the_first_answer_wait_for_it(database, monkeypatch):
    set_machine(monkeypatch, NOON + HOUR)
    ours, asked, answer = clock.DatabaseClock(), threading.Event(), threading.Event()

    def ask_slowly():
        asked.set()
        assert answer.wait(10)
        return database.ask()

    monkeypatch.setattr(clock, "ask_database", ask_slowly)
    with ThreadPoolExecutor(8) as callers:
        told = [callers.submit(ours.now) for _ in range(8)]
        assert asked.wait(10)
        answer.set()
    assert {one.result() for one in told} == {NOON}
    assert database.asked == 1


def test_once_there_is_an_answer_nobody_waits_for_the_next(database, monkeypatch):
    ours, asked, answer = clock.DatabaseClock(), threading.Event(), threading.Event()
    ours.now()
    database.counted += 60

    def ask_slowly():
        asked.set()
        assert answer.wait(10)

    monkeypatch.setattr(clock, "ask_database", ask_slowly)
    with ThreadPoolExecutor(1) as other:
        told = other.submit(ours.now)
        assert asked.wait(10)
        assert ours.now() == NOON + timedelta(seconds=60)
        answer.set()
    assert told.result() == NOON + timedelta(seconds=60)


@pytest.mark.django_db
def test_the_databases_own_time_is_told(monkeypatch):
    monkeypatch.undo()  # what keeps every other test from asking it
    began, counted = datetime.now(UTC), clock.count_seconds()
    reading = clock.ask_database()
    assert counted <= reading.counted <= clock.count_seconds()
    # However long that took, by a machine's clock that may be a little off.
    second = timedelta(seconds=1)
    assert began - second < reading.carry_on() < datetime.now(UTC) + second


def test_what_only_keeps_its_pace_heeds_no_setting_of_the_clock(monkeypatch):
    begun = clock.steady()
    set_machine(monkeypatch, NOON + HOUR)
    assert timedelta(0) <= clock.steady() - begun < HOUR


@pytest.mark.parametrize("ahead", [timedelta(seconds=5), -HOUR])
def test_how_far_a_machines_clock_is_off_is_told(database, monkeypatch, ahead):
    set_machine(monkeypatch, NOON + ahead)
    ours = clock.DatabaseClock()
    assert ours.machine_ahead_seconds() == ahead.total_seconds()
    database.is_away = True
    assert clock.DatabaseClock().machine_ahead_seconds() is None
