"""Queries that the ORM writes once a process: where a page asks several, writing the SQL takes most of its time."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Lookup, Model, QuerySet, UUIDField
from django.db.models.query import get_related_populators

from core.db import prepared

PROBES: dict[type, Callable[[], Any]] = {
    UUID: uuid4,
    datetime: lambda: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=secrets.randbelow(10**15)),
    str: secrets.token_hex,
    int: lambda: secrets.randbelow(2**31),
    list: lambda: (uuid4(),),
}


class AnyOf(Lookup):  # type: ignore[type-arg]
    """One of several ids, however many: `IN` would be another query for each number of them."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, values = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*values, self.rhs]


UUIDField.register_lookup(AnyOf)


class Compiled:
    """One query, `build(**values)`, as a queryset whose shape is the same for all values.

    `build` may only hand its values on: what it computes from one would be written into the SQL for good, and is
    refused with ValueError. `types` names each value's type: UUID, datetime, str, int, or list of ids for `any_of`.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **types: type) -> None:
        self.build, self.types = build, types

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Ask a query of tuples with these values."""
        sql, parameters = self._compiled
        return prepared.fetch(sql, [values[name] if name else fixed for name, fixed in parameters])

    def objects(self, **values: Any) -> list[Any]:
        """Ask a query of models with these values: new objects, with what `select_related` and `annotate` add."""
        rows = self.rows(**values)
        return list(self._reader(rows)) if rows else []

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
        sql, parameters = self._compiler(**probes).as_sql()
        named = [(names.get(each, ""), each) for each in parameters]
        return sql, [(name, None if name else fixed) for name, fixed in named]

    def _compiler(self, **values: Any) -> Any:
        return self.build(**values).query.get_compiler(DEFAULT_DB_ALIAS)

    @cached_property
    def _reader(self) -> Callable[[list[tuple[Any, ...]]], Iterator[Model]]:
        compiler = self._compiler(**{name: PROBES[kind]() for name, kind in self.types.items()})
        compiler.as_sql()
        return reader_of(compiler)


def reader_of(compiler: Any) -> Callable[[list[tuple[Any, ...]]], Iterator[Model]]:
    """Return what makes objects of a compiled query's rows, as Django's own `ModelIterable` does with each query."""
    info, select = compiler.klass_info, compiler.select
    first, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, *_ in select[first:end]]
    related = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    converters = compiler.get_converters([column for column, *_ in select[: compiler.col_count]])
    added = (compiler.annotation_col_map or {}).items()
    # Each thread's own: that of whichever thread asked first would stay open after its end.
    compiler.connection = connection

    def read(rows: list[tuple[Any, ...]]) -> Iterator[Model]:
        for row in compiler.apply_converters(rows, converters) if converters else rows:
            read_row: Model = info["model"].from_db(DEFAULT_DB_ALIAS, names, row[first:end])
            for populator in related:
                populator.populate(row, read_row)
            for name, at in added:
                setattr(read_row, name, row[at])
            yield read_row

    return read
