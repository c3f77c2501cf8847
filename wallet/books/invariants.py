"""Invariants of the books, as queries that return no row while they hold.

Other rooms add theirs with `register`; the wallet never asks what for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pgtrigger
from django.db import connection

from wallet.models import LedgerCheck
from wallet.models.triggers import LedgerTrigger

log = logging.getLogger(__name__)

SAMPLE_MAX = 5


@dataclass(frozen=True)
class Invariant:
    name: str
    sql: Callable[[], str]
    meaning: str
    is_alarm: bool = False
    is_urgent: bool = False


@dataclass(frozen=True)
class Broken:
    name: str
    meaning: str
    sample: list[tuple[Any, ...]]
    is_urgent: bool = True


registry: dict[str, Invariant] = {}


def register(
    name: str, sql: str | Callable[[], str], meaning: str, *, is_alarm: bool = False, is_urgent: bool = False
) -> None:
    """Add an invariant: a query that returns no row while `meaning` holds. A name is taken once.

    An alarm is no fault in the books: it says that the operator has something to do. Under an urgent one nobody may
    say that all is well.
    """
    if name in registry:
        raise ValueError(f"The invariant {name} is already registered.")
    registry[name] = Invariant(name, sql if callable(sql) else lambda: sql, meaning, is_alarm, is_urgent)


def registered() -> list[Invariant]:
    return [registry[name] for name in sorted(registry, key=lambda name: (len(name), name))]


def broken() -> list[Broken]:
    """Every invariant that does not hold, with up to five rows that show it."""
    return _failing(invariant for invariant in registered() if not invariant.is_alarm)


def alarms() -> list[Broken]:
    """Every alarm that is raised, with up to five rows that show why."""
    return _failing(invariant for invariant in registered() if invariant.is_alarm)


def check_books(*, now: datetime) -> LedgerCheck:
    """Ask every invariant, write down which fail, and name each in the log."""
    faults, raised = broken(), alarms()
    for case in [*faults, *raised]:
        log.error("not true of the books", extra={"invariant": case.name, "meaning": case.meaning})
    return LedgerCheck.objects.create(
        ran_at=now, broken=[case.name for case in faults], alarms=[case.name for case in raised]
    )


def _failing(asked: Iterable[Invariant]) -> list[Broken]:
    failing = []
    for invariant in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({invariant.sql()}) AS broken LIMIT {SAMPLE_MAX}")  # noqa: S608
            rows = cursor.fetchall()
        if rows:
            failing.append(
                Broken(invariant.name, invariant.meaning, rows, invariant.is_urgent or not invariant.is_alarm)
            )
    return failing


def missing_triggers_sql() -> str:
    """The triggers in code that the database lacks, has not enabled always, or runs with another body."""
    expected = []
    for model, trigger in pgtrigger.registered():
        if isinstance(trigger, LedgerTrigger):
            sql = trigger.compile(model).sql
            expected.append(f"('{sql.table}', '{sql.pgid}', '{sql.hash}', '{sql.body_md5}')")
    return f"""
    SELECT expected.tablename, expected.name, t.tgenabled
    FROM (VALUES {", ".join(expected)}) AS expected(tablename, name, hash, body)
    LEFT JOIN pg_trigger t ON t.tgname = expected.name AND t.tgrelid = to_regclass(expected.tablename)
    LEFT JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgenabled IS DISTINCT FROM 'A'
        OR obj_description(t.oid, 'pg_trigger') IS DISTINCT FROM expected.hash
        OR md5(p.prosrc) IS DISTINCT FROM expected.body
    """  # noqa: S608
