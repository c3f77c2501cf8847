"""Rows in bulk, by SQL alone: a million drops through the verbs would take an hour.

Triggers for the load are off, as on a replica; the tables' constraints still hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]

USERS = """
INSERT INTO accounts_user (id, password, is_superuser, email, name, credits, is_active, is_staff,
    is_verified_sender, suspended_reason, created_at)
SELECT gen_random_uuid(), '', false, %(prefix)s || n || '@bench.test', 'User ' || n, 0, true, false, false, '', now()
FROM generate_series(1, %(count)s) n
"""

# Prices, packs and seats are spread as no index would like them best; one drop in five is full.
OPEN_DROPS: LiteralString = """
INSERT INTO drops_drop (id, sender_id, status, prompt, pack, title, env_vars, price_cents, window_seconds,
    close_when_full, public_result, claims_count, submissions_count, window_closes_at, paid_at, rationale,
    confidence, is_rated, created_at, updated_at)
SELECT gen_random_uuid(), people.ids[1 + n %% cardinality(people.ids)], 'open',
    'Drop ' || n || '. ' || repeat('Say in a few words what a ferry should be called, and why. ', 6),
    (array['roast', 'scout', 'code', 'cook', 'wild'])[1 + n %% 5], 'Name ferry ' || n, '{{}}',
    100 + (random() * 199)::int * 100, 300, false, false, n %% 6, n %% 3 * (n %% 6) / 5,
    {closes_at}, now() - interval '1 hour', '', '', false,
    now() - interval '2 hours', now() - interval '1 hour'
FROM generate_series(1, %(count)s) n,
    (SELECT array_agg(id) AS ids FROM (SELECT id FROM accounts_user LIMIT 1000) few) people
"""

# Beside what the drops say, twelve words of fifteen hundred, few of them common: a planner knows what words are rare by
# a hundred or more that are not, which prompts of people have, and these have not.
WORDS = """
INSERT INTO drops_dropwords (drop_id, vector)
SELECT id, to_tsvector('simple', concat_ws(' ', title, prompt, (
    SELECT string_agg('word' || floor(1500 * random() ^ 3), ' ') FROM generate_series(1, 12) WHERE id IS NOT NULL)))
FROM drops_drop
ON CONFLICT (drop_id) DO NOTHING
"""


@contextmanager
def loading(url: str) -> Iterator[Connection]:
    """A connection on which no trigger fires; the planner knows the new rows when it ends."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        yield connection
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def add_users(connection: Connection, count: int, *, prefix: str = "user") -> None:
    connection.execute(USERS, {"count": count, "prefix": prefix})


def add_open_drops(connection: Connection, count: int, *, closes_at: LiteralString) -> None:
    """`closes_at` is SQL, worked out for each row."""
    connection.execute(OPEN_DROPS.format(closes_at=closes_at), {"count": count})
    connection.execute(WORDS)
