"""Periodic tasks from beat to worker: no machine's clock stops one, and a pile of them runs once."""

from __future__ import annotations

import os
import shelve
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from celery.beat import ScheduleEntry
from celery.contrib.testing.worker import start_worker

from clorp import celery, probe
from core import clock

NAME = "tests.task"
# A task for each machine beat may run on: how far its clock is ahead of the worker's.
OFF = {f"tests.task_{seconds:+}": timedelta(seconds=seconds) for seconds in (-3600, -3, 3, 3600)}


@pytest.fixture
def house():
    """An app like the real one with a periodic task of its own, and messages that stay in this process."""
    house = celery.Clorp("house", set_as_current=False)
    house.config_from_object("django.conf:settings", namespace="CELERY")
    house.conf.update(broker_url="memory://", broker_transport_options={"polling_interval": 0.02})
    house.runs, house.over = [], threading.Event()

    def run_once():
        house.runs.append(1)

    def end():
        house.over.set()

    for name in (NAME, *OFF):
        house.task(name=name, shared=False)(run_once)
    house.task(name="tests.over", shared=False)(end)
    yield house
    celery.app.set_current()
    celery.app.set_default()


def send(house, *, every, name=NAME, times=1, ahead=timedelta(0)):
    """Beat sends a task; its machine's clock is so far ahead of the worker's."""
    with pytest.MonkeyPatch.context() as patch:
        steady = clock.steady
        patch.setattr(clock, "steady", lambda: steady() + ahead)
        beat = celery.Beat(app=house, lazy=True)
        entry = ScheduleEntry(name="task", app=house, **celery.every(every, name))
        for _ in range(times):
            beat.apply_async(entry, advance=False)


@contextmanager
def worked_off(house):
    """Inside, a worker; afterwards it has worked off whatever was sent."""
    with start_worker(house, perform_ping_check=False):
        yield
        house.send_task("tests.over")
        assert house.over.wait(30)


def test_a_task_is_run_whatever_beats_clock_says(house):
    with worked_off(house):
        for name, ahead in OFF.items():
            send(house, every=1, name=name, ahead=ahead)
    assert house.runs == [1] * len(OFF)


def test_a_worker_that_was_stopped_wakes_to_a_pile_and_runs_once(house):
    send(house, every=60, times=300)
    with worked_off(house):
        pass
    assert house.runs == [1]


def test_a_task_an_interval_later_is_run_again(house, monkeypatch):
    moments = [1_000.0, 1_000.2, 1_000.9, 1_001.0, 1_002.0]
    for moment in moments:
        monkeypatch.setattr(clock, "count_seconds", lambda moment=moment: moment)
        house.tasks[NAME].apply(headers={"interval_seconds": 1})
    assert len(house.runs) == 3


def test_a_task_that_somebody_calls_is_always_done(house):
    task = house.tasks[NAME]
    task.apply(headers={"interval_seconds": 60})
    task()
    task.apply()
    assert len(house.runs) == 3


def test_beat_begins_anew_where_its_file_says_it_last_ran_in_the_future(house, tmp_path):
    house.conf.beat_schedule = {"task": celery.every(1, NAME)}
    path = str(tmp_path / "beat-schedule")
    beat = celery.Beat(app=house, schedule_filename=path)
    beat.schedule["task"].last_run_at += timedelta(hours=1)
    beat.close()
    beat = celery.Beat(app=house, schedule_filename=path)
    is_due, seconds = beat.schedule["task"].is_due()
    beat.close()
    assert not is_due and seconds <= 1


def test_beats_file_holds_nothing_of_ours_that_a_later_version_could_not_read(house, tmp_path):
    house.conf.beat_schedule = celery.app.conf.beat_schedule
    path = str(tmp_path / "beat-schedule")
    celery.Beat(app=house, schedule_filename=path).close()
    with shelve.open(path) as stored:  # noqa: S301
        kinds = {type(part).__module__ for entry in stored["entries"].values() for part in (entry, entry.schedule)}
    assert kinds == {"celery.beat", "celery.schedules"}


@pytest.mark.parametrize("brokers", [1, 2])
def test_where_nobody_hears_beat_stops_ringing_and_nightly_tasks_still_go(house, brokers):
    producers = [house.connection_for_write().Producer(auto_declare=False) for _ in range(brokers)]
    beat = celery.Beat(app=house, lazy=True)
    bell = ScheduleEntry(name="task", app=house, **celery.every(1, NAME))
    for number in range(300):
        beat.apply_entry(bell, producer=producers[number % brokers])
    assert celery.messages_waiting(producers[0]) == celery.WAITING_MAX
    nightly = ScheduleEntry(name="nightly", app=house, task=NAME, schedule=60)
    beat.apply_entry(nightly, producer=producers[0])
    assert celery.messages_waiting(producers[0]) == celery.WAITING_MAX + 1
    with worked_off(house):
        pass


def test_a_channel_that_its_broker_has_left_stops_no_beat(house):
    producer = house.connection_for_write().Producer(auto_declare=False)
    producer.channel.close()
    producer.channel.connection = None
    assert celery.messages_waiting(producer) == 0


def test_a_broker_that_has_no_queue_yet_holds_nothing(house):
    assert celery.messages_waiting(house.connection_for_write().Producer(auto_declare=False)) == 0


def test_whoever_watches_beat_sees_it_tick(house, tmp_path):
    path = str(tmp_path / "beat-schedule")
    assert not probe.beat_ticks(path)
    beat = celery.Beat(app=house, schedule_filename=path)
    beat.tick()
    assert probe.beat_ticks(path)
    os.utime(f"{path}.ticks", (0, 0))
    assert not probe.beat_ticks(path)
    beat.close()
