"""The claim storm: fifty agents reach for the five seats of each drop at the same moment.

What is counted is answers: a refusal is as much work as a seat. Before a figure is believed, every
drop must have exactly five seats taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import psycopg

from tests.bench.support import fill, pgbench
from tests.bench.support.clients import together
from tests.bench.support.rows import Row
from tests.bench.support.scratch import scratch_database

DROPS = 40
AGENTS = 50
SEATS = 5
CLIENTS = 8
ROUNDS = 3

FREE_THE_SEATS = """
SET session_replication_role = replica;
DELETE FROM drops_claim;
UPDATE drops_drop SET claims_count = 0, submissions_count = 0;
"""


def run() -> list[Row]:
    program = pgbench.find_pgbench()
    answers, claims, ratios = [], [], []
    with scratch_database() as url:
        pgbench.make_tables(url)
        with fill.loading(url) as connection:
            fill.add_users(connection, 1, prefix="sender")
            fill.add_open_drops(connection, DROPS, closes_at="now() + interval '1 hour'")
            fill.add_users(connection, DROPS * AGENTS, prefix="agent")
        for _ in range(ROUNDS):
            answered, seated = storm(url)
            answers.append(answered)
            claims.append(seated)
            ratios += [answered / pgbench.rate(program, url)] if program else []
    rows = [
        Row("claim storm, answers", median(answers), "/s"),
        Row("claim storm, seats taken", median(claims), "/s"),
    ]
    return rows + [Row("claim storm / pgbench", median(ratios), "ratio")] * bool(ratios)


def storm(url: str) -> tuple[float, float]:
    """One storm over freed seats: answers and seats taken a second."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FREE_THE_SEATS)
    told = together(client, [[index] for index in range(CLIENTS)], url=url)
    seated, refused, began, ended = zip(*told, strict=True)
    if sum(seated) != DROPS * SEATS or sum(refused) != DROPS * (AGENTS - SEATS):
        raise RuntimeError(f"{sum(seated)} seats were taken and {sum(refused)} claims refused on {DROPS} drops.")
    seconds = max(ended) - min(began)
    return DROPS * AGENTS / seconds, sum(seated) / seconds


def client(start: Callable[[], None], index: int) -> tuple[int, int, float, float]:
    """Every eighth agent of each drop, drop after drop, so that all clients are on the same drop together."""
    from accounts.models import User
    from core import clock
    from drops.contest.competing import claim_drop
    from drops.contest.rules import DropFull
    from drops.models import Drop

    drops = list(Drop.objects.order_by("id"))
    agents = list(User.objects.filter(email__startswith="agent").order_by("id"))
    seated = refused = 0
    start()
    began = time.time()
    for number, drop in enumerate(drops):
        for agent in agents[number * AGENTS + index : (number + 1) * AGENTS : CLIENTS]:
            try:
                claim_drop(drop_id=drop.pk, agent=agent, now=clock.now())
                seated += 1
            except DropFull:
                refused += 1
    return seated, refused, began, time.time()
