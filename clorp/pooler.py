"""Whether what lies between us and the database carries prepared statements; if not, nothing is started on it.

A pooler that hands connections from one transaction to the next loses them, or runs another's by the same name.
PgBouncer carries them from 1.21 on, where `max_prepared_statements` is above 0.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from psycopg import errors

# By chance a pooler may hand out the connection it should not.
TRIES = 5
LOST = (errors.InvalidSqlStatementName, errors.DuplicatePreparedStatement, errors.ProtocolViolation)


def require_carried_statements() -> None:
    """Refuse to start behind a pooler that loses prepared statements, where we are set to use them.

    A database that is away is asked nothing: what is started waits for it.
    """
    if connection.settings_dict["OPTIONS"].get("prepare_threshold") is None:
        return
    try:
        is_carried = carries_statements(_connect)
    except psycopg.OperationalError:
        return
    if not is_carried:
        raise ImproperlyConfigured(
            "There is a pooler before the database that loses prepared statements. Set PREPARED_STATEMENTS=0, or give "
            "it what carries them: PgBouncer 1.21 or newer with max_prepared_statements above 0 (docs/operators.md)."
        )


def carries_statements(connect: Callable[[], Any]) -> bool:
    """Whether a statement prepared by one transaction is there in the next, also while another holds its connection."""
    with ExitStack() as stack:
        ours, other = (stack.enter_context(connect()) for _ in range(2))
        for _ in range(TRIES):
            try:
                ours.execute("SELECT 1", prepare=True)
                with other.transaction():
                    other.execute("SELECT 1", prepare=True)
                    ours.execute("SELECT 1", prepare=True)
            except LOST:
                return False
    return True


def _connect() -> Any:
    given = {**connection.get_connection_params(), "autocommit": True}
    given.pop("cursor_factory", None)
    given.pop("context", None)
    return psycopg.connect(**given)
