"""What must always be true of the books, as queries that return no row while it is.

Other rooms add theirs with `register`; the wallet never asks what for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.db import connection

from wallet.triggers import LedgerTrigger

SAMPLE_MAX = 5


@dataclass(frozen=True)
class Invariant:
    name: str
    sql: Callable[[], str]
    meaning: str


@dataclass(frozen=True)
class Broken:
    name: str
    meaning: str
    sample: list[tuple[Any, ...]]


_registry: dict[str, Invariant] = {}


def register(name: str, sql: str | Callable[[], str], meaning: str) -> None:
    """Add an invariant: a query that returns no row while `meaning` holds. A name is taken once."""
    if name in _registry:
        raise ValueError(f"The invariant {name} is already registered.")
    _registry[name] = Invariant(name, sql if callable(sql) else lambda: sql, meaning)


def registered() -> list[Invariant]:
    return [_registry[name] for name in sorted(_registry, key=lambda name: (len(name), name))]


def broken() -> list[Broken]:
    """Every invariant that does not hold, with up to five rows that show it."""
    found = []
    for invariant in registered():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({invariant.sql()}) AS broken LIMIT {SAMPLE_MAX}")  # noqa: S608
            rows = cursor.fetchall()
        if rows:
            found.append(Broken(invariant.name, invariant.meaning, rows))
    return found


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


register(
    "I1",
    """SELECT a.currency, sum(e.delta) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
    GROUP BY a.currency HAVING sum(e.delta) <> 0""",
    "All entries together are nothing: money comes from somewhere and goes somewhere.",
)
register(
    "I2",
    """SELECT t.reason, count(e.id), sum(e.delta)
    FROM ledger_transfer t LEFT JOIN ledger_entry e ON e.transfer_id = t.id
    GROUP BY t.id, t.reason, t.amount, t.debit_id, t.credit_id
    HAVING count(e.id) <> 2 OR sum(e.delta) <> 0 OR max(e.delta) <> t.amount
        OR count(*) FILTER (WHERE e.account_id = t.debit_id AND e.delta = -t.amount AND e.reason = t.reason) <> 1
        OR count(*) FILTER (WHERE e.account_id = t.credit_id AND e.delta = t.amount AND e.reason = t.reason) <> 1""",
    "Every transfer has its two entries, of its amount, on its accounts.",
)
register(
    "I3",
    """SELECT a.id, a.balance, sum(e.delta) FROM ledger_account a LEFT JOIN ledger_entry e ON e.account_id = a.id
    WHERE a.tracked GROUP BY a.id, a.balance HAVING a.balance <> coalesce(sum(e.delta), 0)""",
    "Every balance is the sum of its entries.",
)
register(
    "I4",
    """SELECT id, account_id, step FROM (
        SELECT id, account_id,
            balance_after - delta - lag(balance_after, 1, 0::bigint) OVER (PARTITION BY account_id ORDER BY id) AS step
        FROM ledger_entry WHERE balance_after IS NOT NULL
    ) AS steps WHERE step <> 0""",
    "Every statement adds up, line by line.",
)
register(
    "I5",
    """SELECT id, kind, balance, floor FROM ledger_account
    WHERE balance < floor OR (kind = 'debt' AND balance > 0) OR (NOT tracked AND balance <> 0)
        OR (kind IN ('wallet', 'transit', 'escrow') AND floor IS DISTINCT FROM 0)""",
    "No account is below its floor, no debt is above nothing.",
)
register(
    "I9",
    """SELECT coalesce(a.user_id, w.user_id), a.balance, w.cents
    FROM (SELECT user_id, balance FROM ledger_account WHERE kind = 'transit') AS a
    FULL JOIN (SELECT user_id, sum(amount_cents) AS cents FROM withdrawal WHERE status = 'pending' GROUP BY user_id)
        AS w ON w.user_id = a.user_id
    WHERE coalesce(a.balance, 0) <> coalesce(w.cents, 0)""",
    "What is in transit is what pending withdrawals hold.",
)
register(
    "I10",
    """SELECT w.id, w.status FROM withdrawal w
    WHERE (w.status = 'completed') <> EXISTS (
            SELECT 1 FROM ledger_transfer WHERE reason = 'withdrawal_sent:' || w.id AND amount = w.amount_cents)
        OR (w.status = 'completed' AND w.stripe_transfer_id IS NULL)""",
    "A withdrawal is completed exactly where its money was sent.",
)
register("I15", missing_triggers_sql, "The ledger's triggers are there, unchanged and always enabled.")
