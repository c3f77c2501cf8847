"""The bell: how many due drops a second two workers close, and how late a drop closes while they keep up.

Both workers run the task itself. Each drop has three seats taken, one of them on a lease that ends with it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from statistics import median
from typing import Any, LiteralString

import psycopg

from tests.bench.support import fill
from tests.bench.support.clients import together
from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.scratch import scratch_database

DROPS = 10_000
SENDERS = 100
WORKERS = 2
ROUNDS = 3
BEAT_SECONDS = 1.0
SPREAD_SECONDS = 20
# Drops already open whose bell is far away: what is due must be found among them.
BYSTANDERS = 20_000
RATE_TO_REACH = 2_000
RATE_WITH_DRAFTS_TO_REACH = 1_000
LAG_P99_TO_REACH_SECONDS = 1.3

SEATS: LiteralString = """
INSERT INTO drops_claim (id, drop_id, user_id, seat, lease_expires_at, created_at)
SELECT gen_random_uuid(), d.id, u.id, u.seat, CASE u.seat WHEN 1 THEN d.window_closes_at END, now()
FROM drops_drop d,
    (SELECT id, row_number() OVER () AS seat FROM accounts_user WHERE email LIKE 'agent%%' ORDER BY id LIMIT 3) u
WHERE d.window_closes_at < now() + interval '1 hour'
"""
DRAFTS: LiteralString = """
INSERT INTO drops_draft (drop_id, claim_id, body, sha256, at_bell, follows, saved_at)
SELECT drop_id, id, repeat('From the draft. ', 60), repeat('0', 64), true, 0, now() FROM drops_claim WHERE seat = 1
"""
# Set by the first worker when all are ready to go, so that a slow start of Python is no lateness.
START_SECONDS = 1
SET_BELLS = f"""
UPDATE drops_drop SET window_closes_at = now() + ({START_SECONDS} + random() * {SPREAD_SECONDS}) * interval '1 second'
WHERE window_closes_at < now() + interval '1 hour'
"""
LAG = """
SELECT count(*), percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - window_closes_at)),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - window_closes_at))
FROM drops_drop WHERE status = 'ranking'
"""


def run() -> list[Row]:
    rates = [closing_rate() for _ in range(ROUNDS)]
    with_drafts = closing_rate(drafts=True)
    p50, p99, ring = lag()
    return [
        at_least("due drops closed, 2 workers", median(rates), "/s", RATE_TO_REACH),
        at_least("those with a ticked draft each", with_drafts, "/s", RATE_WITH_DRAFTS_TO_REACH),
        Row("lag at the bell, p50", p50, "s"),
        at_most("lag at the bell, p99", p99, "s", LAG_P99_TO_REACH_SECONDS),
        Row("longest ring meanwhile", ring, "s"),
    ]


def put_up(url: str, closes_at: LiteralString) -> None:
    with fill.loading(url) as connection:
        fill.add_users(connection, SENDERS, prefix="sender")
        fill.add_open_drops(connection, DROPS, closes_at=closes_at)
        fill.add_open_drops(connection, BYSTANDERS, closes_at="now() + random() * interval '7 days' + interval '1 day'")
        fill.add_users(connection, 3, prefix="agent")
        connection.execute(SEATS)


def closing_rate(*, drafts: bool = False) -> float:
    """Drops a second, from the first worker's start to the last one's end; with `drafts` each takes one in."""
    with scratch_database() as url:
        put_up(url, closes_at="now() - random() * interval '1 minute'")
        with fill.loading(url) as connection:
            connection.execute("UPDATE drops_drop SET claims_count = 3 WHERE id IN (SELECT drop_id FROM drops_claim)")
            connection.execute(DRAFTS if drafts else "SELECT 1")
        told = together(work_off, [()] * WORKERS, url=url)
        with psycopg.connect(url) as connection:
            taken = connection.execute("SELECT count(*) FROM drops_revision WHERE at_bell").fetchone()
    closed, began, ended = zip(*told, strict=True)
    if sum(closed) != DROPS or taken != (DROPS if drafts else 0,):
        raise RuntimeError(f"{sum(closed)} drops were closed, not {DROPS}, and {taken} drafts taken in.")
    return DROPS / (max(ended) - min(began))


def work_off(start: Callable[[], None]) -> tuple[int, float, float]:
    """A worker that finds a backlog: it rings until nothing is due."""
    from core import clock
    from drops import tasks

    clock.now()
    start()
    began, closed = time.time(), 0
    while ring := tasks.close_windows():
        closed += ring
    return closed, began, time.time()


def lag() -> tuple[float, float, float]:
    """The lag's median and 99th percentile, and the longest ring: others see a drop closed once its ring ends."""
    with scratch_database() as url:
        put_up(url, closes_at="now() + interval '1 hour' - interval '1 second'")
        rings = together(ring_each_beat, [[index] for index in range(WORKERS)], url=url)
        with psycopg.connect(url) as connection:
            row: Any = connection.execute(LAG).fetchone()
    count, p99, p50 = row
    if count != DROPS:
        raise RuntimeError(f"{count} drops were closed, not {DROPS}.")
    return p50, p99, max(rings)


def ring_each_beat(start: Callable[[], None], index: int) -> float:
    """A worker under a beat: one ring a second, at the same moment as the other's. Gives its longest ring."""
    from django.db import connection

    from core import clock
    from drops import tasks

    clock.now()
    if index == 0:
        with connection.cursor() as cursor:
            cursor.execute(SET_BELLS)
    start()
    beats = math.ceil((SPREAD_SECONDS + START_SECONDS + 2) / BEAT_SECONDS)
    next_beat, longest = math.ceil(time.time()), 0.0
    for _ in range(beats):
        time.sleep(max(0.0, next_beat - time.time()))
        began = time.monotonic()
        tasks.close_windows()
        longest = max(longest, time.monotonic() - began)
        next_beat += BEAT_SECONDS
    return longest
