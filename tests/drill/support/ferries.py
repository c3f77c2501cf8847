"""Drops whose bells ring within seconds, for drills that only look at bells."""

from __future__ import annotations

import psycopg

from tests.bench.support import fill

# Such drops were never paid for: closing them is all that can be done.
RINGS_ONLY = {"BEAT_RANK_SECONDS": "3600"}


def open_ferries(url: str, count: int, spread_seconds: int) -> None:
    """Open so many drops whose bells ring within so many seconds; those of before are gone."""
    with fill.loading(url) as connection:
        connection.execute("DELETE FROM drops_dropwords")
        connection.execute("DELETE FROM drops_drop")
        if not has_people(connection):
            fill.add_users(connection, 10, prefix="sender")
        fill.add_open_drops(connection, count, closes_at=f"now() + random() * {spread_seconds} * interval '1 second'")  # type: ignore[arg-type]


def has_people(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    return connection.execute("SELECT 1 FROM accounts_user LIMIT 1").fetchone() is not None
