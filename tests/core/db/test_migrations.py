"""Migrations keep nobody waiting: what locks a table that people use gives up after some seconds, to be tried again."""

from __future__ import annotations

import pytest
from django.db import models
from django.db.migrations import AddConstraint, AddField, CreateModel, RemoveField, RunSQL
from django.db.migrations.loader import MigrationLoader
from pgtrigger.migrations import AddTrigger, RemoveTrigger

OURS = {"core", "accounts", "wallet", "drops"}
# Those that landed before this rule: the highest number of each room.
LANDED = {"core": 0, "accounts": 10, "wallet": 14, "drops": 20}
LOCKING = (AddConstraint, AddField, RemoveField, AddTrigger, RemoveTrigger)


def new_migrations():
    loader = MigrationLoader(None)
    for (room, name), migration in sorted(loader.disk_migrations.items()):
        if room in OURS and int(name[:4]) > LANDED[room]:
            yield pytest.param(migration, id=f"{room}.{name}")


def locks(operation):
    """Whether it locks a table that was there before; a key that refers to one locks it too."""
    if isinstance(operation, CreateModel):
        return any(isinstance(field, models.ForeignKey) for _, field in operation.fields)
    return isinstance(operation, LOCKING)


@pytest.mark.parametrize("migration", list(new_migrations()))
def test_what_locks_a_table_waits_for_it_ten_seconds_at_most(migration):
    first = migration.operations[0]
    limited = isinstance(first, RunSQL) and "SET LOCAL lock_timeout" in str(first.sql)
    assert limited or not any(locks(operation) for operation in migration.operations)
