"""Statements written by hand and asked often: planned once a connection, where Django has each planned anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import Cursor

Values = Mapping[str, Any] | Sequence[Any]


def fetch(sql: str, values: Values) -> list[tuple[Any, ...]]:
    """The rows that one statement returns.

    Django's cursor writes values into the text, which leaves nothing to prepare. psycopg's own sends them beside it
    and prepares what comes often. Django's wrapper stays around it, for its errors and its count of queries.
    """
    with connection.cursor() as usual, type(usual)(Cursor(usual.connection), connection) as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
