"""Statements written by hand and asked often: planned once a connection, where Django has each planned anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from psycopg import Cursor

Values = Mapping[str, Any] | Sequence[Any]
Row = tuple[Any, ...]


def fetch(sql: str, values: Values) -> list[Row]:
    """The rows that one statement returns.

    Django's cursor writes values into the text, which leaves nothing to prepare. psycopg's own sends them beside it
    and prepares what comes often. Django's wrapper stays around it, for its errors and its count of queries.
    """
    connection.ensure_connection()
    wrapper = CursorDebugWrapper if connection.queries_logged else CursorWrapper
    with wrapper(Cursor(connection.connection), connection) as cursor:
        cursor.execute(sql, values)
        rows: list[Row] = cursor.fetchall()
    return rows
