"""Staff's first page and their search among many drops and people: how long each takes, and how many queries."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import quantiles

from tests.bench.support import fill
from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_most
from tests.bench.support.scratch import scratch_database
from tests.bench.support.staff_pages import ask, superusers_client

DROPS, PEOPLE = 50_000, 20_000
TURNS = 20
P95_MS_MAX = 300
QUERIES_MAX = 24
ENDED = """
UPDATE drops_drop SET status = 'failed', outcome_reason = 'no_submissions', ended_at = now(), claims_count = 0,
    submissions_count = 0, window_closes_at = now() - interval '15 days',
    closed_at = now() - random() * interval '14 days'
WHERE random() < 0.9
"""
SEARCHES = {
    "a mail": "user9",
    "a name": "User 777",
    "a word that all have": "ferry",
    "a word that few have": "word1400",
    "a card": "4242",
    "a short id": "abcdef12",
    "nothing": "submarine",
}


def run() -> list[Row]:
    with scratch_database() as url:
        with fill.loading(url) as connection:
            fill.add_users(connection, PEOPLE)
            fill.add_open_drops(connection, DROPS, closes_at="now() + interval '1 hour'")
            connection.execute(ENDED)
        told = alone(ask_all, url=url, seconds_max=600)
    # Once an hour for one of the staff: a single figure, which is no percentile of anything.
    [anew], _queries = told.pop("today, its chart drawn anew")
    rows = [Row("today, its chart drawn anew", anew * 1000, "ms")]
    for name, (seconds, queries) in told.items():
        p95 = quantiles(seconds, n=100, method="inclusive")[94]
        rows.append(at_most(f"{name}, p95", p95 * 1000, "ms", P95_MS_MAX))
        rows.append(at_most(f"{name}, queries", queries, "queries", QUERIES_MAX))
    return rows


def ask_all(start: Callable[[], None]) -> dict[str, tuple[list[float], int]]:
    from django.core.cache import caches

    start()
    client, _chief = superusers_client()
    paths = {f"search for {name}": f"/admin/search/?q={words}" for name, words in SEARCHES.items()}
    told = {name: ask(client, path, turns=TURNS) for name, path in {"today": "/admin/", **paths}.items()}
    caches["texts"].clear()
    began = time.perf_counter()
    client.get("/admin/")
    told["today, its chart drawn anew"] = ([time.perf_counter() - began], 0)
    return told
