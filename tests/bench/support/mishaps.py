"""Mishaps over real HTTP: a fault in one call, judges that are down, workers that are killed.

`python -m tests.bench.support.mishaps JUDGES` is such a worker: it ranks what waits until nothing does.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg

from tests.bench.support import panel_runs
from tests.bench.support.clients import alone
from tests.bench.support.judges import Bench, Errors
from tests.bench.support.scratch import environment, scratch_database
from tests.llm_double import Fault, LlmDouble
from tests.llm_double.double import is_check

# So that each fault costs moments, and a busy machine is not taken for a slow judge.
WAITS_SECONDS, REQUEST_SECONDS_MAX = (0.01, 0.02), 3.0
WORTHS = (-2.0, 1.0, 2.0, 0.0, -1.0)
CLOSE = (0.2, 0.1, 0.0, -0.1, -0.2)
KILLED_DROPS = 12
# After so many calls each worker is killed; all of these drops take more than twice as many.
KILLS_AFTER = (7, 90, 60)
STEP_SECONDS_MAX = 60.0
STORED = """
SELECT call.model, call.request -> 'messages' -> 1 ->> 'content'
FROM drops_panelcall call JOIN drops_judgeanswer answer USING (key) WHERE call.request IS NOT NULL
"""
Counts = dict[str, int]


def faults() -> Counts:
    """A drop for each fault in one check and in one list; then with all judges down, and with one."""
    with scratch_database() as url:
        counts: Counts = alone(meet_faults, url=url, seconds_max=240)
    return counts


def meet_faults(start: Callable[[], None]) -> Counts:
    """`drops` with a fault in one call, of which some were `lost`; whether money `moved` with all judges down, and
    whether two judges `carried` a drop with one judge down."""
    from django.conf import settings

    from drops.models import RankingLog
    from wallet.books import ledger

    settings.JUDGE_PATIENCE = {"waits_seconds": WAITS_SECONDS, "request_seconds_max": REQUEST_SECONDS_MAX}
    start()
    with LlmDouble() as double:
        panel_runs.use(double.seats(*panel_runs.MODELS, params={"temperature": 0}))
        cast = panel_runs.make_cast(len(WORTHS))
        cases = list(itertools.product(Fault, (True, False)))
        lost = sum(not _is_won_by_best(_meet(cast, double, *case), cast) for case in cases)
        double.down = set(panel_runs.MODELS)
        drop = _judge(cast)
        moved = not (drop.is_ranking and drop.judge == "staff" and ledger.escrow_cents(drop.reference) > 0)
        double.down = {"two"}
        drop = _judge(cast)
        says_two = RankingLog.objects.filter(drop=drop, content__contains="by a panel of 2 judges").exists()
        return {"drops": len(cases), "lost": lost, "moved": moved, "carried": says_two and _is_won_by_best(drop, cast)}


def _meet(cast: list[Any], double: LlmDouble, fault: Fault, in_check: bool) -> Any:
    from drops.judging.panel.client import client_of

    # What a server is like is learned once; each case is to meet it anew.
    client_of.forget()
    double.faults.clear()
    double.next(fault, matching=lambda body: is_check(body) is in_check)
    return _judge(cast)


def _judge(cast: list[Any]) -> Any:
    from core import clock
    from drops.judging import steps
    from drops.judging.panel.run import run_panel

    drop = steps.rank_drop(drop=_post_closed(cast, WORTHS), now=clock.now())
    run_panel(drop_id=drop.pk, clock=clock.now, stop=threading.Event())
    drop.refresh_from_db()
    return drop


def _post_closed(cast: list[Any], worths: tuple[float, ...]) -> Any:
    from drops.contest import closing

    drop = panel_runs.enter_all(cast, list(worths))
    closing.close_due(now=drop.bell)
    drop.refresh_from_db()
    return drop


def _is_won_by_best(drop: Any, cast: list[Any]) -> bool:
    best: bool = drop.status == "completed" and drop.winning_submission.user == cast[1 + WORTHS.index(max(WORTHS))]
    return best


def killed() -> Counts:
    """Drops whose worker is killed again and again.

    `repeated` questions were asked although their answer was stored; `settled` drops have one winner and one payout;
    `different` results do not follow from the stored answers bit for bit.
    """
    with LlmDouble(Bench("killed", Errors(points=0.0, call=1.0))) as double, scratch_database() as url:
        judges = double.seats(*panel_runs.MODELS)
        alone(post_many, judges, KILLED_DROPS, url=url)
        known: set[tuple[str, ...]] = set()
        repeated = 0
        for calls in (*KILLS_AFTER, None):
            before = len(double.requests)
            _work(double, url, judges, calls)
            asked = [(request.model, request.user) for request in double.requests[before:]]
            repeated += sum(question in known for question in asked)
            known = stored_questions(url)
        counts: Counts = alone(look_over, url=url)
        return {**counts, "repeated": repeated, "drops": KILLED_DROPS, "kills": len(KILLS_AFTER)}


def _work(double: LlmDouble, url: str, judges: str, calls: int | None) -> None:
    """A worker process that is killed once `calls` were let through, or that comes to its end."""
    gate = double.pause(after=calls) if calls is not None else None
    command = [sys.executable, "-m", "tests.bench.support.mishaps", judges]
    process = subprocess.Popen(command, env=environment(url, NO_PROXY="127.0.0.1"))
    try:
        if gate is not None:
            if not gate.reached.wait(STEP_SECONDS_MAX):
                raise RuntimeError("The worker did not come to where it is killed.")
            os.kill(process.pid, signal.SIGKILL)
        process.wait(STEP_SECONDS_MAX)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    double.faults.clear()
    if gate is not None:
        gate.open()


def post_many(start: Callable[[], None], judges: str, drops: int) -> None:
    from django.conf import settings

    # Who judges is settled at the bell.
    panel_runs.use(judges)
    settings.ACTIVE_CLAIMS_MAX = 1_000
    cast = panel_runs.make_cast(len(CLOSE))
    start()
    for _ in range(drops):
        _post_closed(cast, CLOSE)


def stored_questions(url: str) -> set[tuple[str, ...]]:
    """Model and words of each question whose answer stands. The dead worker's leases are ended, to save the wait."""
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE drops_judginground SET lease_expires_at = NULL WHERE is_open")
        return set(connection.execute(STORED))


def look_over(start: Callable[[], None]) -> Counts:
    from drops.judging import recompute
    from drops.models import Drop
    from wallet.models import Transfer

    start()
    ended = list(Drop.objects.filter(status="completed", winning_submission__isnull=False))
    paid = [Transfer.objects.filter(reason=f"payout:{drop.pk}").count() for drop in ended]
    return {"settled": paid.count(1), "different": sum(bool(recompute.differences(drop)) for drop in ended)}


def work(judges: str) -> None:
    from drops import tasks
    from drops.judging.panel.worker_pool import worker_pool
    from drops.models import Drop

    panel_runs.use(judges)
    while Drop.objects.filter(status="ranking").exists():
        tasks.rank_waiting()
        worker_pool().finish()


if __name__ == "__main__":
    import django

    django.setup()
    work(sys.argv[1])
