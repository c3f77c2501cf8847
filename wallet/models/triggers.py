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

# A transfer carries parts of top-ups from lot to lot: what came by card first, the oldest first, and to a bank only
# what was earned. The parts of `about` go before all others: a top-up that is taken back takes its own money first.
# What is given back is what was taken; beyond that, it has paid a debt meanwhile and is the top-up's own again.
# What goes back to a card waits in transit too, and is of that card's top-up alone.
POST = """
SELECT * INTO giver FROM ledger_account WHERE id = NEW.debit_id;
SELECT kind INTO taker FROM ledger_account WHERE id = NEW.credit_id;
IF NEW.kind = 'topup' THEN
    INSERT INTO ledger_part (transfer_id, origin_id, is_earned, cents) VALUES (NEW.id, NEW.id, false, NEW.amount);
    card_in := NEW.amount;
ELSIF NEW.kind IN ('dispute_won', 'topup_refund_failed', 'withdrawal_reversed', 'fee_returned') THEN
    IF taker IN ('wallet', 'escrow') THEN
        IF NEW.kind IN ('withdrawal_reversed', 'fee_returned') THEN
            undone := NEW.about_id;
            SELECT coalesce(sum(amount), 0) INTO skipped FROM ledger_transfer
                WHERE about_id = NEW.about_id AND kind = NEW.kind AND id < NEW.id;
        ELSE
            SELECT id, amount INTO undone, taken FROM ledger_transfer WHERE reason =
                CASE NEW.kind WHEN 'dispute_won' THEN 'dispute:' ELSE 'topup_refund:' END
                || substr(NEW.reason, length(NEW.kind) + 2);
            IF NEW.about_id IS NOT NULL AND NEW.amount > coalesce(taken, 0) THEN
                INSERT INTO ledger_part (transfer_id, origin_id, is_earned, cents)
                    VALUES (NEW.id, NEW.about_id, false, NEW.amount - coalesce(taken, 0));
                wanted := coalesce(taken, 0);
                card_in := NEW.amount - wanted;
            END IF;
        END IF;
        FOR lot IN SELECT origin_id, is_earned, cents FROM ledger_part WHERE transfer_id = undone
                ORDER BY is_earned, origin_id LOOP
            piece := least(greatest(lot.cents - skipped, 0), wanted);
            skipped := greatest(skipped - lot.cents, 0);
            wanted := wanted - piece;
            IF NOT lot.is_earned THEN
                card_in := card_in + piece;
            END IF;
            IF piece > 0 THEN
                INSERT INTO ledger_part (transfer_id, origin_id, is_earned, cents)
                    VALUES (NEW.id, lot.origin_id, lot.is_earned, piece)
                    ON CONFLICT (transfer_id, is_earned, origin_id)
                    DO UPDATE SET cents = ledger_part.cents + excluded.cents;
            END IF;
        END LOOP;
    END IF;
ELSIF giver.tracked THEN
    IF taker = 'transit' AND NEW.kind <> 'card_refund'
            AND NEW.amount <= giver.balance AND NEW.amount > giver.balance - giver.card_cents THEN
        RAISE EXCEPTION 'What was topped up is not withdrawn.'
            USING ERRCODE = '23514', CONSTRAINT = 'ledger_card_money_stays';
    END IF;
    FOR lot IN SELECT l.id, l.origin_id, l.is_earned, l.cents FROM ledger_lot l
            WHERE l.account_id = NEW.debit_id AND CASE
                WHEN NEW.kind = 'card_refund' THEN l.origin_id = NEW.about_id AND NOT l.is_earned
                ELSE l.is_earned OR taker <> 'transit' END
            ORDER BY NEW.about_id IS NOT NULL AND EXISTS (
                SELECT FROM ledger_part p WHERE p.transfer_id = NEW.about_id AND p.origin_id = l.origin_id
                    AND (p.is_earned = l.is_earned OR NEW.kind = 'payout_returned')
            ) DESC, l.is_earned, l.origin_id LOOP
        EXIT WHEN wanted = 0;
        piece := least(lot.cents, wanted);
        wanted := wanted - piece;
        IF piece = lot.cents THEN
            DELETE FROM ledger_lot WHERE id = lot.id;
        ELSE
            UPDATE ledger_lot SET cents = cents - piece WHERE id = lot.id;
        END IF;
        INSERT INTO ledger_part (transfer_id, origin_id, is_earned, cents)
            VALUES (NEW.id, lot.origin_id, lot.is_earned, piece);
        IF NOT lot.is_earned THEN
            card_out := card_out + piece;
        END IF;
    END LOOP;
    IF NEW.kind = 'card_refund' AND wanted > 0 THEN
        RAISE EXCEPTION 'Of a top-up no more goes back than is left of it.'
            USING ERRCODE = '23514', CONSTRAINT = 'ledger_card_money_gone';
    END IF;
    card_in := CASE NEW.kind WHEN 'payout' THEN 0 WHEN 'payout_returned' THEN NEW.amount - wanted ELSE card_out END;
END IF;
IF taker IN ('wallet', 'escrow', 'transit') THEN
    INSERT INTO ledger_lot (account_id, origin_id, is_earned, cents)
        SELECT NEW.credit_id, origin_id, (is_earned OR NEW.kind = 'payout') AND NEW.kind <> 'payout_returned',
            sum(cents) FROM ledger_part WHERE transfer_id = NEW.id GROUP BY 1, 2, 3
        ON CONFLICT (account_id, is_earned, origin_id) DO UPDATE SET cents = ledger_lot.cents + excluded.cents;
ELSE
    card_in := 0;
END IF;
UPDATE ledger_account SET balance = balance - NEW.amount, card_cents = card_cents - card_out
    WHERE id = NEW.debit_id AND tracked RETURNING balance INTO debit_after;
UPDATE ledger_account SET balance = balance + NEW.amount, card_cents = card_cents + card_in
    WHERE id = NEW.credit_id AND tracked RETURNING balance INTO credit_after;
INSERT INTO ledger_entry (transfer_id, account_id, delta, balance_after, reason, created_at) VALUES
    (NEW.id, NEW.debit_id, -NEW.amount, debit_after, NEW.reason, NEW.created_at),
    (NEW.id, NEW.credit_id, NEW.amount, credit_after, NEW.reason, NEW.created_at);
RETURN NULL;
"""
POST_NAMES = [
    ("debit_after", "bigint"),
    ("credit_after", "bigint"),
    ("giver", "ledger_account%ROWTYPE"),
    ("taker", "text"),
    ("lot", "record"),
    ("undone", "bigint"),
    ("taken", "bigint"),
    ("skipped", "bigint := 0"),
    ("wanted", "bigint := NEW.amount"),
    ("piece", "bigint"),
    ("card_out", "bigint := 0"),
    ("card_in", "bigint := 0"),
]


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
        declare=POST_NAMES,
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

PART_TRIGGERS = [
    LedgerTrigger(
        name="only_post",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
        func=refuse("ledger_only_post", "Parts are written by a transfer only."),
    ),
    LedgerTrigger(
        name="frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
        func=refuse("ledger_frozen", "Rows of the ledger are never changed or removed."),
    ),
    frozen()[1],
]

LOT_TRIGGERS = [
    LedgerTrigger(
        name="only_post",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
        func=refuse("ledger_only_post", "Lots are written by a transfer only."),
    ),
    frozen()[1],
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
        condition=pgtrigger.Condition("NEW.balance <> 0 OR NEW.card_cents <> 0"),
        func=refuse("ledger_guard", "An account starts empty."),
    ),
]
