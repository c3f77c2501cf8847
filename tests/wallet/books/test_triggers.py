"""The database refuses these, whoever asks."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction

from wallet.books import ledger
from wallet.models import Account, Entry, Transfer

pytestmark = pytest.mark.usefixtures("books_in_order")


@pytest.fixture
def posted(sender, funded, now):
    funded(sender, 1_000)
    return ledger.hold_prize(payer=sender, reference="drop", amount_cents=300, now=now)


def refused(constraint, sql, *params):
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    assert caught.value.__cause__.sqlstate == "23514"
    assert ledger.violated_constraint(caught.value) == constraint


@pytest.mark.parametrize("table", ["ledger_transfer", "ledger_entry"])
def test_no_row_of_the_ledger_is_updated(table, posted):
    refused("ledger_frozen", f"UPDATE {table} SET reason = 'job:other'")
    assert not Transfer.objects.filter(reason="job:other").exists()


@pytest.mark.parametrize("table", ["ledger_transfer", "ledger_entry"])
def test_no_row_of_the_ledger_is_deleted(table, posted):
    refused("ledger_frozen", f"DELETE FROM {table}")
    assert (Transfer.objects.count(), Entry.objects.count()) == (2, 4)


@pytest.mark.parametrize(
    "tables",
    [
        "ledger_transfer, ledger_entry, ledger_lot, ledger_part, stripe_match",
        "ledger_lot",
        "ledger_part",
        "ledger_entry",
        "ledger_account CASCADE",
    ],
)
def test_the_ledger_is_not_emptied(tables, posted):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    refused("ledger_frozen", f"TRUNCATE {tables}")
    assert (Transfer.objects.count(), Entry.objects.count()) == (2, 4)


def test_an_entry_is_not_inserted_by_hand(posted):
    refused(
        "ledger_only_post",
        "INSERT INTO ledger_entry (transfer_id, account_id, delta, reason, created_at)"
        " VALUES (%s, %s, 5, 'x:y', now())",
        posted.pk,
        posted.debit_id,
    )
    assert Entry.objects.count() == 4


@pytest.mark.parametrize("change", ["balance = balance + 1", "floor = -1000", "tracked = false", "reference = 'x'"])
def test_an_account_is_not_changed_by_hand(change, posted):
    refused("ledger_guard", f"UPDATE ledger_account SET {change} WHERE kind = 'escrow'")
    assert ledger.escrow_cents("drop") == 300


def test_an_account_does_not_start_with_money(posted):
    refused(
        "ledger_guard",
        "INSERT INTO ledger_account (kind, reference, tracked, floor, balance) VALUES ('escrow', 'new', true, 0, 5)",
    )
    assert not Account.objects.filter(reference="new").exists()


@pytest.mark.parametrize("setting", ["session_replication_role = replica", "pgtrigger.ignore = '{}'"])
@pytest.mark.parametrize("sql", ["UPDATE ledger_transfer SET amount = 1", "UPDATE ledger_account SET balance = 9"])
def test_no_setting_of_a_session_switches_the_rules_off(sql, setting, posted):
    names = ",".join(t.get_pgid(model) for model, t in pgtrigger.registered())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL " + setting.format("{" + names + "}"))
    refused("ledger_frozen" if "transfer" in sql else "ledger_guard", sql)


def test_a_replica_role_still_posts(sender, agent, funded, now):
    funded(sender, 1_000)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=300, now=now)
    assert (ledger.balance_cents(sender), ledger.escrow_cents("drop")) == (700, 300)


@pytest.mark.parametrize("table", ["transfer", "account"])
def test_only_dollars(table, posted):
    values = {
        "transfer": "(debit_id, credit_id, amount, currency, reason, event_at, created_at)"
        f" VALUES ({posted.debit_id}, {posted.credit_id}, 1, 'eur', 'adjust:1', now(), now())",
        "account": "(kind, reference, tracked, floor, currency) VALUES ('escrow', 'euros', true, 0, 'eur')",
    }[table]
    refused(f"ledger_{table}_in_dollars", f"INSERT INTO ledger_{table} {values}")


@pytest.mark.parametrize(
    "values",
    ["'wallet', NULL, true, 0", "'escrow', 'x', true, NULL", "'fees', NULL, true, NULL", "'pot', 'x', true, 0"],
)
def test_an_account_is_what_its_kind_says(values, posted):
    sql = f"INSERT INTO ledger_account (kind, reference, tracked, floor) VALUES ({values})"
    refused("ledger_account_kind_is_whole", sql)


@pytest.mark.parametrize(
    ("constraint", "amount", "reason"),
    [
        ("ledger_transfer_amount_positive", 0, "adjust:1"),
        ("ledger_transfer_amount_positive", -5, "adjust:1"),
        ("ledger_transfer_reason_is_ids", 1, "adjust: she asked nicely"),
        ("ledger_transfer_reason_is_ids", 1, "adjust"),
        ("ledger_account_floor", 701, "adjust:1"),
    ],
)
def test_a_transfer_is_refused_by_the_table_itself(constraint, amount, reason, posted, now):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Transfer.objects.create(
            debit_id=posted.debit_id,
            credit_id=posted.credit_id,
            amount=amount,
            reason=reason,
            event_at=now,
            created_at=now,
        )
    assert ledger.violated_constraint(caught.value) == constraint
    assert ledger.escrow_cents("drop") == 300


def test_locks_are_taken_in_the_order_of_ids_before_the_row_is_there(posted):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger_transfer'::regclass"
            " AND NOT tgisinternal AND tgtype & 6 = 6 ORDER BY tgname"
        )
        before_insert = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", before_insert[:1])
        source = cursor.fetchone()[0]
    assert before_insert[0].startswith("pgtrigger_a_lock_")
    assert "ORDER BY id FOR NO KEY UPDATE" in source


def test_installing_again_keeps_the_triggers_always_enabled(db):
    ours = [t.get_uri(model) for model, t in pgtrigger.registered() if model._meta.app_label == "wallet"]
    pgtrigger.install(*ours)
    pgtrigger.enable(*ours)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text ~ '^ledger'"
        )
        assert cursor.fetchall() == [("A",)]
