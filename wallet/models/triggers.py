"""The ledger's triggers: they move balances, write entries and refuse everything else.

The stock template of django-pgtrigger lets any session switch a trigger off by a setting
(`pgtrigger.ignore`), and leaves it off on a replica role. Neither may hold for money, so the
ledger's triggers have a template of their own, which also enables them ALWAYS.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pgtrigger
from django.db import transaction
from pgtrigger import compiler, utils

LOCK = """
PERFORM 1 FROM ledger_account WHERE id IN (NEW.debit_id, NEW.credit_id) AND tracked
    ORDER BY id FOR NO KEY UPDATE;
RETURN NEW;
"""

POST = """
UPDATE ledger_account SET balance = balance - NEW.amount WHERE id = NEW.debit_id AND tracked
    RETURNING balance INTO debit_after;
UPDATE ledger_account SET balance = balance + NEW.amount WHERE id = NEW.credit_id AND tracked
    RETURNING balance INTO credit_after;
INSERT INTO ledger_entry (transfer_id, account_id, delta, balance_after, reason, created_at) VALUES
    (NEW.id, NEW.debit_id, -NEW.amount, debit_after, NEW.reason, NEW.created_at),
    (NEW.id, NEW.credit_id, NEW.amount, credit_after, NEW.reason, NEW.created_at);
RETURN NULL;
"""


def refuse(rule: str, sentence: str) -> str:
    """The body of a trigger that only refuses; Django sees an IntegrityError that names `rule`."""
    return f"RAISE EXCEPTION '{sentence}' USING ERRCODE = '23514', CONSTRAINT = '{rule}';"


class LedgerTriggerSql(compiler.UpsertTriggerSql):
    """Installs one trigger. Migrations point here: a changed template needs a new class beside this one."""

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE TRIGGER {pgid} {when} {operation} ON {table}
                FOR EACH {level} {condition} EXECUTE PROCEDURE {execute};
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER {pgid};
            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """

    @property
    def body_md5(self) -> str:
        """The MD5 of the function's source as PostgreSQL keeps it, to notice a function that was replaced."""
        return hashlib.md5(self.data.split("$$")[1].encode(), usedforsecurity=False).hexdigest()


class CompiledLedgerTrigger(compiler.Trigger):
    sql: LedgerTriggerSql

    @property
    def enable_sql(self) -> str:
        return f"ALTER TABLE {utils.quote(self.sql.table)} ENABLE ALWAYS TRIGGER {self.sql.pgid};"


class LedgerTrigger(pgtrigger.Trigger):
    """A trigger that nothing but its own removal switches off."""

    def compile(self, model: Any) -> CompiledLedgerTrigger:
        sql = LedgerTriggerSql(
            pgid=self.get_pgid(model),
            declare=self.render_declare(model),
            func=re.sub(r"\s+", " ", str(self.render_func(model))).strip(),
            table=model._meta.db_table,
            when=self.when,
            operation=self.operation,
            level=self.level,
            condition=self.render_condition(model),
            execute=self.render_execute(model),
        )
        return CompiledLedgerTrigger(name=self.name, sql=sql)

    def get_installation_status(self, model: Any, database: str | None = None) -> tuple[str, bool | None]:
        """As the library's, but enabled here means ALWAYS, which the library takes for switched off."""
        status, enabled = super().get_installation_status(model, database)
        if enabled is None:
            return status, None
        with transaction.atomic(using=database):
            rows: Any = self.exec_sql(
                f"SELECT 1 FROM pg_trigger WHERE tgname = '{self.get_pgid(model)}' AND tgenabled = 'A'",  # noqa: S608
                model,
                database=database,
                fetchall=True,
            )
        return status, bool(rows)


def frozen() -> list[pgtrigger.Trigger]:
    """No row is changed or removed, one by one or all at once."""
    return [
        LedgerTrigger(
            name="frozen",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=refuse("ledger_frozen", "Rows of the ledger are never changed or removed."),
        ),
        LedgerTrigger(
            name="frozen_whole",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=refuse("ledger_frozen", "The ledger is never emptied."),
        ),
    ]


# PostgreSQL fires triggers of one kind by name: the locks come first, whatever joins later.
TRANSFER_TRIGGERS = [
    LedgerTrigger(name="a_lock", when=pgtrigger.Before, operation=pgtrigger.Insert, func=LOCK),
    LedgerTrigger(
        name="post",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        declare=[("debit_after", "bigint"), ("credit_after", "bigint")],
        func=POST,
    ),
    *frozen(),
]

ENTRY_TRIGGERS = [
    LedgerTrigger(
        name="only_post",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
        func=refuse("ledger_only_post", "Entries are written by a transfer only."),
    ),
    *frozen(),
]

ACCOUNT_TRIGGERS = [
    # Not only the balance: a lowered floor would be an overdraft by another name.
    LedgerTrigger(
        name="guard",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("OLD.* IS DISTINCT FROM NEW.* AND pg_trigger_depth() = 0"),
        func=refuse("ledger_guard", "Accounts are changed by a transfer only."),
    ),
    LedgerTrigger(
        name="guard_new",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NEW.balance <> 0"),
        func=refuse("ledger_guard", "An account starts empty."),
    ),
]
