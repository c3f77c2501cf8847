"""The cost of a drop and what it leaves behind: processor seconds by part, and how the tables grow over ninety days.

Each drop has five entries of some 120 words, judged by a panel of three whose models answer at once. Few drops a day
are enough: rows and bytes for each are what they are with ten thousand.
"""

from __future__ import annotations

from typing import Any

from tests.bench.support.clients import alone
from tests.bench.support.days import MONTH, live
from tests.bench.support.panel_runs import CONCURRENCY, MODELS
from tests.bench.support.reading import ROUNDS
from tests.bench.support.rows import Row, at_most
from tests.bench.support.scratch import scratch_database
from tests.bench.support.serving import collect_static
from tests.llm_double import LlmDouble

DAYS, DROPS_A_DAY = 90, 2
SECONDS_MAX = 3_600
CALLS_OF_A_DROP = {"a claim": 5, "an entry": 5}
TABLES_SHOWN = 24
# What is kept for a while only, each month as large as the one before: by more it would be forgotten too late.
PASSING = (
    "django_session",
    "usersessions_usersession",
    "accounts_idempotencykey",
    "accounts_mail",
    "accounts_webhookdelivery",
    "drops_sandboxdrop",
)
GROWTH_TO_KEEP = 1.25


def run() -> list[Row]:
    with LlmDouble(seconds=0.0) as double, scratch_database() as url:
        collect_static(url)
        judges = double.seats(*MODELS, concurrency=CONCURRENCY)
        seen = alone(live, judges, DAYS, DROPS_A_DAY, url=url, seconds_max=SECONDS_MAX)
    return [*_costs(seen), *_tables(seen), *_passing(seen)]


def _costs(seen: dict[str, Any]) -> list[Row]:
    drops, rows = DAYS * DROPS_A_DAY, []
    for part, (ours, servers) in seen["seconds"].items():
        times = CALLS_OF_A_DROP.get(part, 1) * drops
        rows.append(Row(f"growth: {part}, processor of Python", ours / times * 1000, "ms"))
        rows.append(Row(f"growth: {part}, processor of PostgreSQL", servers / times * 1000, "ms"))
    for part, (ours, servers) in seen["reads"].items():
        rows.append(Row(f"growth: {part}, processor of Python", ours / ROUNDS * 1000, "ms"))
        rows.append(Row(f"growth: {part}, processor of PostgreSQL", servers / ROUNDS * 1000, "ms"))
    return [*rows, Row("growth: written ahead (WAL) for a drop", seen["written"] / drops / 1000, "kB")]


def _tables(seen: dict[str, Any]) -> list[Row]:
    """By how much the tables grow from the first month's end to the last: what every table begins with is no growth."""
    first, last = ({name: (count, size) for name, count, size in seen["tables"][str(day)]} for day in (MONTH, DAYS))
    drops, grown = (DAYS - MONTH) * DROPS_A_DAY, []
    for name, (count, size) in last.items():
        count_then, size_then = first.get(name, (0, 0))
        grown.append((size - size_then, name, (count - count_then) / drops))
    rows = []
    for size, name, count in sorted(grown, reverse=True)[:TABLES_SHOWN]:
        rows.append(Row(f"growth: {name}, rows a drop", count, ""))
        rows.append(Row(f"growth: {name}, a drop", size / drops / 1000, "kB"))
    whole = sum(size for size, _name, _count in grown)
    return [*rows, Row("growth: all tables, a drop", whole / drops / 1000, "kB")]


def _passing(seen: dict[str, Any]) -> list[Row]:
    counts = [{name: count for name, count, _size in seen["tables"][str(day)]} for day in (DAYS - MONTH, DAYS)]
    before, after = (sum(month.get(name, 0) for name in PASSING) for month in counts)
    kept = [(name, counts[1][name]) for name in PASSING if name in counts[1]]
    rows = [Row(f"growth: {name}, rows kept for one drop a day", count / DROPS_A_DAY, "") for name, count in kept]
    return [
        *rows,
        at_most("growth: rows that pass, this month / the last", after / max(before, 1), "ratio", GROWTH_TO_KEEP),
    ]
