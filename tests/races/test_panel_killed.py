"""A worker that asks a panel is killed or lost. Whoever comes after it asks only what nobody has answered."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection, transaction

from core import clock
from drops import tasks
from drops.judging import steps
from drops.judging.panel import asking, client, rate_limit, run
from drops.judging.panel.evidence import replay_round
from drops.judging.panel.run import run_panel
from drops.judging.panel.worker_pool import WorkerPool, worker_pool
from drops.models import Drop, JudgeAnswer, JudgingRound, PanelCall, RankingLog
from tests.bench.support.judges import Bench, Errors
from tests.drops.judging.panel.table import NEVER, closed_drop, drop_with_panel, open_entries, winner_order
from tests.plugins.models import HASTY
from tests.races.crowd import SECONDS_MAX, somebody_waits_for_our_lock, wait_for
from tests.races.workers import kill, start_worker
from wallet.models import Transfer

pytestmark = pytest.mark.usefixtures("ledger_db")
# Longer than a lease, and not as long as judging may last.
LATER = timedelta(seconds=90)
CLOSE = (0.1, 0.3, 0.2)
FIRST_WAVE = 15


@pytest.fixture
def drop(sender, llm_double):
    """Three entries of which not all judges prefer the same, and each sticks to its own: fifteen calls, then six."""
    llm_double.bench = Bench("killed", Errors(points=0.0, own=2.0))
    return closed_drop(sender, CLOSE)


@pytest.fixture
def worker(llm_double, settings):
    """A process of its own that ranks what waits; killed at the end at the latest."""
    process = start_worker("rank_waiting", JUDGE_SEATS=settings.JUDGE_SEATS, JUDGE_UNCHECKED=True, PLAY_MONEY=True)
    yield process
    kill(process)


def asked(double):
    """How often each question was put to each model."""
    return Counter((request.model, request.user) for request in double.requests)


def asked_and_stored():
    """The questions whose answers stand."""
    keys = JudgeAnswer.objects.values("key")
    rows = PanelCall.objects.filter(key__in=keys, request__isnull=False)
    return {(row.model, row.request["messages"][1]["content"]) for row in rows}


def finishes_once(drop, double, stored):
    """Two workers one after the other: one winner, one payout, and nothing that is stored was asked again."""
    before = asked(double)
    for _ in range(2):
        run_panel(drop_id=drop.pk, clock=lambda: clock.now() + LATER, stop=NEVER)
    drop.refresh_from_db()
    assert (drop.status, drop.judge) == ("completed", "panel")
    assert Transfer.objects.filter(reason=f"payout:{drop.pk}").count() == 1
    assert not stored & set(asked(double) - before)
    _, verdict = replay_round(drop.round)
    assert (verdict.winner, verdict.rationale) == (str(drop.winning_submission_id), drop.rationale)
    grades = {str(entry.pk): str(entry.grade) for entry in drop.submissions.all()}
    assert grades == {slot: str(letter) for slot, letter in verdict.letters.items()}
    lines = list(RankingLog.objects.order_by("id").values_list("content", flat=True))
    assert len(lines) == len(set(lines))


@pytest.mark.turns(2)
@pytest.mark.parametrize("calls", [0, 8, FIRST_WAVE, FIRST_WAVE + 3])
def test_killed_while_models_are_asked(calls, drop, llm_double, request):
    gate = llm_double.pause(after=calls)
    process = request.getfixturevalue("worker")
    assert gate.reached.wait(SECONDS_MAX)
    wait_for(lambda: JudgeAnswer.objects.count() >= calls)
    kill(process)
    stored = asked_and_stored()
    assert len(stored) == calls
    gate.open()
    finishes_once(drop, llm_double, stored)


def test_killed_between_the_last_answer_and_the_verdict(drop, llm_double, request):
    gate = llm_double.pause(after=FIRST_WAVE)
    process = request.getfixturevalue("worker")
    assert gate.reached.wait(SECONDS_MAX)
    with transaction.atomic():
        # The verdict is written under the drop's lock, so whoever holds that keeps it from being written.
        Drop.objects.select_for_update(no_key=True).get(pk=drop.pk)
        gate.open()
        wait_for(somebody_waits_for_our_lock)
        kill(process)
    assert Drop.objects.get().is_ranking
    finishes_once(drop, llm_double, asked_and_stored())


def test_killed_after_the_verdict(drop, llm_double, request):
    process = request.getfixturevalue("worker")
    wait_for(lambda: not Drop.objects.get().is_ranking)
    kill(process)
    finishes_once(drop, llm_double, asked_and_stored())


def in_thread(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_lost_worker_that_comes_back_changes_nothing(drop, llm_double):
    ranked = rank(drop)
    gate = llm_double.pause(matching=lambda body: body["model"] == "two")
    lost = in_thread(lambda: run_panel(drop_id=ranked.pk, clock=clock.now, stop=NEVER))
    assert gate.reached.wait(SECONDS_MAX)
    llm_double.faults.clear()
    run_panel(drop_id=drop.pk, clock=lambda: clock.now() + LATER, stop=NEVER)
    drop.refresh_from_db()
    before = (drop.status, drop.winning_submission_id, JudgeAnswer.objects.count(), RankingLog.objects.count())
    assert before[0] == "completed"
    gate.open()
    lost.join(SECONDS_MAX)
    drop.refresh_from_db()
    assert before == (drop.status, drop.winning_submission_id, JudgeAnswer.objects.count(), RankingLog.objects.count())
    assert PanelCall.objects.values("fence").distinct().count() == 2
    assert Transfer.objects.filter(kind="payout").count() == 1


def rank(drop):
    return steps.rank_drop(drop=drop, now=clock.now())


def test_eight_workers_at_one_drop_ask_each_question_once(drop, llm_double):
    ranked = rank(drop)
    threads = [in_thread(lambda: run_panel(drop_id=ranked.pk, clock=clock.now, stop=NEVER)) for _ in range(8)]
    for thread in threads:
        thread.join(SECONDS_MAX)
    assert set(asked(llm_double).values()) == {1}
    assert Drop.objects.get().status == "completed"


def test_a_worker_that_is_told_to_stop_leaves_the_rest_to_the_next_at_once(drop, llm_double):
    ranked, stop = rank(drop), threading.Event()
    gate = llm_double.pause(after=4)
    stopped = in_thread(lambda: run_panel(drop_id=ranked.pk, clock=clock.now, stop=stop))
    assert gate.reached.wait(SECONDS_MAX)
    stop.set()
    gate.open()
    stopped.join(SECONDS_MAX)
    stored = asked_and_stored()
    assert Drop.objects.get().round.lease_expires_at is None
    run_panel(drop_id=drop.pk, clock=clock.now, stop=NEVER)
    assert Drop.objects.get().status == "completed"
    assert max(asked(llm_double)[question] for question in stored) == 1


def test_the_bell_does_not_wait_for_the_panel(sender, llm_double, monkeypatch):
    worker_pool.cache_clear()
    gate = llm_double.pause()
    drops = [closed_drop(sender) for _ in range(3)]
    assert tasks.rank_waiting() == 3
    assert gate.reached.wait(SECONDS_MAX)
    assert tasks.rank_waiting() == 0
    assert Drop.objects.filter(status="ranking").count() == 3
    gate.open()
    worker_pool().finish()
    assert {winner_order(drop) for drop in Drop.objects.filter(pk__in=[drop.pk for drop in drops])} == {2}
    worker_pool.cache_clear()


def test_a_drop_is_judged_as_soon_as_its_window_closes(sender, llm_double):
    worker_pool.cache_clear()
    drop = open_entries(sender)
    Drop.objects.filter(pk=drop.pk).update(window_closes_at=clock.now())
    assert tasks.close_windows() == 1
    worker_pool().finish()
    assert Drop.objects.get().status == "completed"
    worker_pool.cache_clear()


def test_no_more_drops_are_judged_at_once_than_the_crew_has_hands(sender, llm_double):
    gate = llm_double.pause()
    hands = WorkerPool(1)
    drops = [drop_with_panel(sender) for _ in range(3)]
    hands.offer([drop.pk for drop in drops], clock=clock.now)
    assert gate.reached.wait(SECONDS_MAX)
    assert JudgingRound.objects.exclude(lease_expires_at=None).count() == 1
    gate.open()
    hands.finish()
    assert Drop.objects.filter(status="completed").count() == 3


def test_the_deadline_ends_a_panel_that_takes_too_long(drop, llm_double, monkeypatch):
    ranked, ahead = rank(drop), [0]
    # What is held at the gate is given up soon.
    monkeypatch.setattr(settings, "JUDGE_PATIENCE", HASTY)
    for module in (run, asking, client, rate_limit):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + ahead[0]))
    gate = llm_double.pause(after=3)
    late = in_thread(lambda: run_panel(drop_id=ranked.pk, clock=clock.now, stop=NEVER))
    wait_for(lambda: JudgeAnswer.objects.count() == 3)
    ahead[0] = settings.JUDGE_DROP_SECONDS_MAX
    late.join(SECONDS_MAX)
    ended = Drop.objects.get()
    assert (ended.status, ended.judge) == ("ranking", "staff")
    assert "fewer than two judges" in ended.round.held_reason
    assert JudgeAnswer.objects.filter(answer__failure="").count() == 3
    assert settings.JUDGE_DROP_SECONDS_MAX == 300
    gate.open()
