"""The rules for a migration while people use the site, and the code of before still runs beside the new one.

Each rule names what is at fault. A table that the migration itself makes is nobody's yet, and free of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid, NotInTransactionMixin, ValidateConstraint
from django.db import models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    DeleteModel,
    Migration,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameModel,
    RunPython,
    RunSQL,
)
from django.db.models import NOT_PROVIDED

PLAIN_INDEX = re.compile(r"\b(CREATE\s+(UNIQUE\s+)?INDEX|DROP\s+INDEX)\s+(?!CONCURRENTLY)", re.IGNORECASE)
CHECKED_AT_ONCE = re.compile(r"\bADD\s+CONSTRAINT\b(?!.*\bNOT\s+VALID\b)", re.IGNORECASE | re.DOTALL)
GONE = (RemoveField, DeleteModel, RenameField, RenameModel)


def faults(migration: Migration) -> list[str]:
    """Return what of a migration would keep people waiting, or break the code of before."""
    made = {one.name.lower() for one in migration.operations if isinstance(one, CreateModel)}
    named = [fault for one in migration.operations for fault in _faults_of(one, made)]
    changes_rows = [one for one in migration.operations if isinstance(one, RunPython) and not one.elidable]
    if changes_rows and len(migration.operations) > len(changes_rows) + 1:
        named.append("changes rows while it holds tables: a migration of its own does that")
    if any(isinstance(one, ValidateConstraint) for one in migration.operations) and any(
        isinstance(one, AddConstraint) for one in migration.operations
    ):
        named.append("checks a constraint in the migration that adds it, which still holds the table")
    return named


def _faults_of(operation: Any, made: set[str]) -> Iterator[str]:
    if getattr(operation, "model_name", "").lower() in made:
        return
    if isinstance(operation, AddIndex | RemoveIndex) and not isinstance(operation, NotInTransactionMixin):
        yield "makes or drops an index while writers wait: AddIndexConcurrently, RemoveIndexConcurrently"
    if isinstance(operation, AddConstraint) and not isinstance(operation, AddConstraintNotValid):
        yield "looks at every row while it holds the table: AddConstraintNotValid, then ValidateConstraint by the next"
    if isinstance(operation, GONE):
        yield "takes away what the code of before still asks for: once no release that runs does"
    if isinstance(operation, AddField | AlterField):
        yield from _faults_of_field(operation)
    if isinstance(operation, RunSQL):
        yield from _faults_of_sql(str(operation.sql))


def _faults_of_field(operation: Any) -> Iterator[str]:
    field = operation.field
    is_new = isinstance(operation, AddField)
    if is_new and isinstance(field, models.ManyToManyField):
        return
    if is_new and not field.null and field.db_default is NOT_PROVIDED:
        yield "adds a column that the code of before leaves empty: null, or a db_default"
    if is_new and (field.unique or field.db_index) and not isinstance(field, models.ForeignKey):
        yield "makes an index while writers wait: add the column, then the index concurrently"


def _faults_of_sql(sql: str) -> Iterator[str]:
    if PLAIN_INDEX.search(sql):
        yield "makes or drops an index while writers wait: CONCURRENTLY, in a migration that is not atomic"
    if CHECKED_AT_ONCE.search(sql):
        yield "looks at every row while it holds the table: NOT VALID, then VALIDATE CONSTRAINT by the next"
