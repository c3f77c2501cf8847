"""Seats that are claimed at a steady pace while something else is measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.bench.support import fill
from tests.bench.support.clients import together

A_SECOND = 50
CLAIMERS = 5
AGENTS = 1_000
BEGIN_SECONDS_MAX = 60
SECONDS_MAX = 600


class NoChurn(Exception):
    """Nothing was claimed, so that what was measured beside it means nothing."""


@dataclass
class Churn:
    """How many seats were claimed a second, once it is over."""

    rate: float = 0.0


@contextmanager
def churn(url: str) -> Iterator[Churn]:
    """Fifty claims a second on the open drops, from when this begins to its end."""
    free_seats(url)
    made = Churn()
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        end = Path(folder, "end")
        claimers = [[index, str(end)] for index in range(CLAIMERS)]
        claiming = pool.submit(together, claim_steadily, claimers, url=url, seconds_max=SECONDS_MAX)
        try:
            wait_for_the_first(url, claiming)
            yield made
        finally:
            end.touch()
        made.rate = sum(claiming.result())


def free_seats(url: str) -> None:
    """Every seat is free, and there are people enough to claim them all."""
    with fill.loading(url) as connection:
        fill.add_users(connection, AGENTS, prefix="agent")
        connection.execute("UPDATE drops_drop SET claims_count = 0, submissions_count = 0")


def wait_for_the_first(url: str, claiming: Future[list[float]]) -> None:
    until = time.monotonic() + BEGIN_SECONDS_MAX
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute("SELECT 1 FROM drops_claim LIMIT 1").fetchone() is None:
            if claiming.done() or time.monotonic() > until:
                raise NoChurn("No claim was made.")
            time.sleep(0.1)


def claim_steadily(start: Callable[[], None], index: int, end: str) -> float:
    """Claim a share of the seats, each when it is due, until the file `end` is there; return how many a second."""
    from django.conf import settings

    from accounts.models import User
    from core import clock
    from drops.contest.competing import claim_drop
    from drops.models import Drop

    drops = list(Drop.objects.order_by("id").values_list("id", flat=True))[index::CLAIMERS]
    agents = list(User.objects.filter(email__startswith="agent").order_by("id"))[index::CLAIMERS]
    # There are five seats on each of a thousand drops: enough for 100 seconds. A new agent may hold one; these, more.
    settings.ACTIVE_CLAIMS_MAX = settings.SEATS_UNPROVEN_MAX = 1_000
    start()
    began, number = time.monotonic(), 0
    while not Path(end).exists():
        # Each time around by other agents: nobody is on a drop twice.
        agent = agents[(number + number // len(drops)) % len(agents)]
        claim_drop(drop_id=drops[number % len(drops)], agent=agent, now=clock.now())
        number += 1
        time.sleep(max(0.0, began + number * CLAIMERS / A_SECOND - time.monotonic()))
    return number / (time.monotonic() - began)
