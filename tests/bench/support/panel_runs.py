"""Panels over real HTTP: the models answer in this process, a worker process of its own asks them."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.bench.support.clients import alone
from tests.bench.support.judges import Bench, prose
from tests.bench.support.requests import Audit, audit
from tests.bench.support.scratch import scratch_database
from tests.llm_double import LlmDouble

MODELS = ("one", "two", "three")
ANSWER_SECONDS = 1.0
BEATS_SECONDS = {"close_windows": 1.0, "rank_waiting": 2.0}
CLEAR = (2.0, 1.0, 0.0, -1.0, -2.0)
# Each rings at another moment between two beats.
PHASES_SECONDS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8)
# Vendors let a paying customer's first tiers ask a model 500 to 5,000 times a minute. Three judges together get 45
# calls a second from one worker process, which needs about 12 ms of a processor for each: half of what it could do.
PER_MINUTE = 900
CONCURRENCY = 32
WAIT_SECONDS_MAX = 60
# Long enough for a drop's entries to be in the database before its bell.
BELL_SECONDS_MIN = 0.3
# No figure that could stand in a text or a fence by chance.
PRICE_CENTS, PRICE = 731, "7.31"
# Most of it goes into posting the drops and their entries.
BACKLOG_SECONDS_MAX = 900


def latencies(bench: Bench, worths: Sequence[float]) -> list[tuple[float, int]]:
    """Of ten drops: seconds from the bell to the result, and how many comparisons it took."""
    with LlmDouble(bench, seconds=ANSWER_SECONDS) as double, scratch_database() as url:
        judges = double.seats(*MODELS, concurrency=CONCURRENCY)
        return [(took, lists) for took, lists in alone(ring_each, judges, worths, url=url, seconds_max=300)]


@dataclass(frozen=True)
class Backlog:
    """The `share` of the judges' rate limit that was used, in how many `seconds`; `busy_ms` of a processor the worker
    needed for each call, and what its requests kept to."""

    share: float
    seconds: float
    busy_ms: float
    kept: Audit


def backlog(drops: int) -> Backlog:
    """Rank `drops` that wait at once."""
    with LlmDouble(seconds=ANSWER_SECONDS) as double, scratch_database() as url:
        judges = double.seats(*MODELS, per_minute=PER_MINUTE, concurrency=CONCURRENCY)
        took, ended, busy, known = alone(work_off, judges, drops, url=url, seconds_max=BACKLOG_SECONDS_MAX)
        if ended != drops:
            raise RuntimeError(f"{ended} drops were ranked, not {drops}.")
        check_limit(double)
        most = max(Counter(request.model for request in double.requests).values())
        kept = audit(double.requests, known=known, rubric="wild-1")
        return Backlog(most / (PER_MINUTE / 60 * took), took, busy / len(double.requests) * 1000, kept)


def check_limit(double: LlmDouble) -> None:
    """No judge may have been asked more often than its limit in any minute."""
    for model in MODELS:
        times = sorted(request.at for request in double.requests if request.model == model)
        for first, beyond in zip(times, times[PER_MINUTE:], strict=False):
            if beyond - first < 60 - ANSWER_SECONDS:
                raise RuntimeError(f"{model} was asked more than {PER_MINUTE} times in a minute.")


def ring_each(start: Callable[[], None], judges: str, worths: list[float]) -> list[tuple[float, int]]:
    """One drop after the other under a beat like production's; seconds to its result, and its comparisons."""
    from core import clock
    from drops.models import Drop, PanelCall

    use(judges)
    cast = make_cast(len(worths))
    stop = threading.Event()
    beats = [threading.Thread(target=beat, args=(name, stop)) for name in BEATS_SECONDS]
    start()
    # The first one pays for imports and connections, as a worker does once.
    measured = []
    for thread in beats:
        thread.start()
    for phase in (0.0, *PHASES_SECONDS):
        drop = enter_all(cast, worths)
        now = clock.now().timestamp()
        soonest = now + BELL_SECONDS_MIN
        bell = soonest + (phase - soonest) % 2
        Drop.objects.filter(pk=drop.pk).update(window_closes_at=clock.now() + timedelta(seconds=bell - now))
        wait_for(lambda pk=drop.pk: Drop.objects.get(pk=pk).is_ended)
        drop.refresh_from_db()
        lists = PanelCall.objects.filter(session__round__drop=drop, kind="list").count()
        measured.append(((drop.ended_at - drop.window_closes_at).total_seconds(), lists))
    stop.set()
    for thread in beats:
        thread.join()
    return measured[1:]


def beat(name: str, stop: threading.Event) -> None:
    """Run one periodic task at its interval, at the same moments each time."""
    from django.db import connection

    from drops import tasks

    interval = BEATS_SECONDS[name]
    while not stop.wait(interval - time.time() % interval):
        getattr(tasks, name)()
    connection.close()


def work_off(start: Callable[[], None], judges: str, drops: int) -> tuple[float, int, float, list[str]]:
    """A worker that finds `drops` closed ones waiting.

    Gives the seconds until the last has its result, how many have one, the seconds that a processor was busy, and what
    no model may learn.
    """
    from django.conf import settings

    from drops import tasks
    from drops.contest import closing
    from drops.judging.panel.worker_pool import worker_pool
    from drops.models import Drop

    use(judges)
    settings.JUDGE_DROPS_AT_ONCE = 16
    cast = make_cast(5)
    for _ in range(drops):
        drop = enter_all(cast, CLEAR)
        closing.close_due(now=drop.bell)
    start()
    began, busy = time.monotonic(), time.process_time()
    tasks.rank_waiting()
    worker_pool().finish()
    took, busy = time.monotonic() - began, time.process_time() - busy
    return took, Drop.objects.filter(status="completed").count(), busy, list(secrets_of(cast))


def secrets_of(cast: list[Any]) -> Iterator[str]:
    """Who takes part in what, for how much, and when."""
    from drops.models import Drop

    yield PRICE
    for user in cast:
        yield from (user.email, user.name, str(user.pk))
    for pk, closed_at in Drop.objects.values_list("pk", "closed_at"):
        yield from (str(pk), closed_at.isoformat()[:16], closed_at.strftime("%H:%M:%S"))


def use(judges: str) -> None:
    from django.conf import settings

    from clorp.settings.judge_seats import read_seats
    from drops.judging.panel.client import load_library

    # As a worker does before its first task.
    load_library()
    # A machine's proxy has no part in it.
    os.environ["NO_PROXY"] = "127.0.0.1"
    settings.JUDGE_SEATS = read_seats(judges, lambda name: "")
    settings.JUDGE_UNCHECKED = True
    settings.ACTIVE_CLAIMS_MAX = 1_000


def make_cast(agents: int) -> list[Any]:
    """A sender with money, and agents."""
    from accounts.models import User
    from core import clock
    from tests.play import fund

    sender, *others = [
        User.objects.create_user(f"u{number}@bench.test", name=f"U{number}") for number in range(agents + 1)
    ]
    return [fund(sender, 10_000_000, now=clock.now()), *others]


def enter_all(cast: list[Any], worths: list[float], texts: Callable[[str], str] = lambda seed: "") -> Any:
    """An open drop with an entry of each agent's, which says besides what `texts` has for its seed."""
    from core import clock
    from drops.contest import posting
    from tests.play import enter, post_drop

    sender, *agents = cast
    posted = post_drop(sender, now=clock.now(), price_cents=PRICE_CENTS)
    drop = posting.pay_for_drop(drop=posted, sender=sender, now=clock.now())
    for order, (agent, worth) in enumerate(zip(agents, worths, strict=True)):
        seed = f"{drop.pk}/{order}"
        enter(drop, agent, f"{prose(seed, 40)} {texts(seed)} worth {worth:+.3f}", now=clock.now())
    drop.refresh_from_db()
    return drop


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + WAIT_SECONDS_MAX
    while not what():
        if time.monotonic() > until:
            raise RuntimeError("The drop has no result.")
        time.sleep(0.05)
