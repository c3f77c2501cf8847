"""Migrations keep nobody waiting: what locks a table that people use gives up after some seconds, to be tried again."""

from __future__ import annotations

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    CreateModel,
    DeleteModel,
    Migration,
    RemoveField,
    RemoveIndex,
    RenameField,
    RunPython,
    RunSQL,
)
from django.db.migrations.loader import MigrationLoader
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from tests import migration_rules

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


# Those before the rules of `tests/migration_rules.py`, whose numbers were given before them too.
BEFORE_RULES = {"core": 2, "accounts": 20, "wallet": 20, "drops": 35}


def later_migrations():
    for (room, name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        if room in OURS and int(name[:4]) > BEFORE_RULES[room]:
            yield migration


def test_no_migration_keeps_people_waiting_or_breaks_the_code_of_before():
    assert {str(one): migration_rules.faults(one) for one in later_migrations() if migration_rules.faults(one)} == {}


def of(*operations):
    migration = Migration("0099_late", "drops")
    migration.operations = [RunSQL("SET LOCAL lock_timeout = '10s'", ""), *operations]
    return migration


BELOW = models.CheckConstraint(condition=models.Q(price_cents__lt=5), name="below")
INDEX = models.Index(fields=["title"], name="titles")


@pytest.mark.parametrize(
    "operation",
    [
        AddIndex("drop", INDEX),
        RemoveIndex("drop", "titles"),
        AddConstraint("drop", BELOW),
        RemoveField("drop", "title"),
        RenameField("drop", "title", "name"),
        DeleteModel("Draft"),
        AddField("drop", "mood", models.TextField(default="")),
        AddField("drop", "mood", models.TextField(null=True, unique=True)),
        RunSQL("CREATE INDEX titles ON drops_drop (title)", ""),
        RunSQL("DROP INDEX titles", ""),
        RunSQL("ALTER TABLE drops_drop ADD CONSTRAINT below CHECK (price_cents < 5)", ""),
    ],
    ids=lambda operation: operation.describe()[:60],
)
def test_what_would_hold_a_table_or_break_the_code_of_before_is_named(operation):
    assert migration_rules.faults(of(operation))


def test_rows_are_changed_and_constraints_checked_by_migrations_of_their_own():
    change = RunPython(lambda apps, schema: None)
    column = AddField("drop", "mood", models.TextField(null=True))
    checks = (AddConstraintNotValid("drop", BELOW), ValidateConstraint("drop", "below"))
    assert migration_rules.faults(of(column, change)) and migration_rules.faults(of(*checks))
    assert not migration_rules.faults(of(change)) and not migration_rules.faults(of(checks[0]))


@pytest.mark.parametrize(
    "operation",
    [
        AddIndexConcurrently("drop", INDEX),
        AddConstraintNotValid("drop", BELOW),
        AddField("drop", "mood", models.TextField(db_default="")),
        AddField("drop", "kind", models.ForeignKey("drops.Drop", models.PROTECT, null=True)),
        CreateModel("Mood", [("id", models.BigAutoField(primary_key=True)), ("text", models.TextField(unique=True))]),
        RunSQL("CREATE INDEX CONCURRENTLY titles ON drops_drop (title)", ""),
        RunSQL("ALTER TABLE drops_drop ADD CONSTRAINT below CHECK (price_cents < 5) NOT VALID", ""),
    ],
    ids=lambda operation: operation.describe()[:60],
)
def test_what_keeps_nobody_waiting_is_let_through(operation):
    assert migration_rules.faults(of(operation)) == []


def test_a_table_that_the_migration_makes_is_free_of_the_rules():
    made = CreateModel("Mood", [("id", models.BigAutoField(primary_key=True)), ("title", models.TextField())])
    assert migration_rules.faults(of(made, AddIndex("mood", INDEX))) == []
