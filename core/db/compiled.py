"""Queries that the ORM writes once a process: where a page asks several, writing the SQL takes most of its time."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.db.models import QuerySet

from core.db import prepared

PROBES: dict[type, Callable[[], Any]] = {
    UUID: uuid4,
    datetime: lambda: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=secrets.randbelow(10**15)),
    str: secrets.token_hex,
}


class Compiled:
    """One query, `build(**values)`, as a queryset of tuples whose shape is the same for all values.

    `build` may only hand its values on: what it computes from one would be written into the SQL for good, and is
    refused with ValueError. `types` names each value's type: UUID, datetime or str.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **types: type) -> None:
        self.build, self.types = build, types

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Ask it with these values."""
        sql, parameters = self._compiled
        return prepared.fetch(sql, [values[name] if name else fixed for name, fixed in parameters])

    @cached_property
    def _compiled(self) -> tuple[str, list[tuple[str, Any]]]:
        """The SQL, and for each of its parameters the name of a value, or "" and what it always is."""
        sql, parameters = self._probe()
        if (sql, parameters) != self._probe():
            raise ValueError("This query computes something from its values; pass that as a value of its own.")
        return sql, parameters

    def _probe(self) -> tuple[str, list[tuple[str, Any]]]:
        probes = {name: PROBES[kind]() for name, kind in self.types.items()}
        names = {probe: name for name, probe in probes.items()}
        sql, parameters = self.build(**probes).query.sql_with_params()
        named = [(names.get(each, ""), each) for each in parameters]
        return sql, [(name, None if name else fixed) for name, fixed in named]
