"""Each invariant is broken on purpose and has to say so: a check that can't fail is no check."""

from __future__ import annotations

import uuid
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from wallet.books import invariants, ledger
from wallet.models import Account, Withdrawal

TABLES = ("ledger_account", "ledger_transfer", "ledger_entry", "ledger_lot", "ledger_part")


@pytest.fixture
def books(sender, agent, funded, now):
    """A little history: a top-up, a hold, a payout with fee."""
    funded(sender, 1_000)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=300, now=now)
    ledger.pay_prize(reference="drop", payee=agent, fee_cents=30, now=now)
    assert invariants.broken() == []


@contextmanager
def rules_off(cursor):
    """As the owner of the tables could: triggers off, then on again as they were."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    cursor.execute(
        "SELECT 'ALTER TABLE ' || tgrelid::regclass || ' ENABLE ALWAYS TRIGGER ' || tgname FROM pg_trigger"
        " WHERE NOT tgisinternal AND tgrelid::regclass::text ~ '^ledger_(account|transfer|entry|lot|part)$'"
    )
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)


def tamper(*statements):
    with connection.cursor() as cursor, rules_off(cursor):
        for statement in statements:
            cursor.execute(statement)


def names():
    return {case.name for case in invariants.broken()}


NEW_TRANSFER = (
    "INSERT INTO ledger_transfer (debit_id, credit_id, amount, reason, event_at, created_at)"
    " SELECT min(id), max(id), 5, 'adjust:1', now(), now() FROM ledger_account"
)


@pytest.mark.parametrize(
    ("expected", "statement"),
    [
        ("I1", "UPDATE ledger_entry SET delta = delta + 1 WHERE reason = 'job:drop' AND delta > 0"),
        ("I2", NEW_TRANSFER),
        ("I2", "DELETE FROM ledger_entry WHERE reason = 'fee:drop' AND delta > 0"),
        ("I2", "UPDATE ledger_transfer SET amount = 299 WHERE reason = 'job:drop'"),
        ("I2", "UPDATE ledger_transfer SET debit_id = credit_id, credit_id = debit_id WHERE reason = 'job:drop'"),
        ("I2", "UPDATE ledger_entry SET reason = 'job:other' WHERE reason = 'job:drop'"),
        ("I3", "UPDATE ledger_account SET balance = balance + 1 WHERE kind = 'wallet'"),
        ("I18", "UPDATE ledger_account SET card_cents = card_cents - 1 WHERE card_cents > 0"),
        ("I18", "UPDATE ledger_lot SET cents = cents + 701"),
        ("I19", "UPDATE ledger_lot SET cents = cents - 1 WHERE is_earned"),
        ("I19", "DELETE FROM ledger_lot WHERE is_earned"),
        ("I19", "UPDATE ledger_lot SET is_earned = NOT is_earned"),
        ("I20", "UPDATE ledger_part SET cents = cents + 1"),
        ("I20", "DELETE FROM ledger_part WHERE transfer_id = origin_id"),
        ("I4", "UPDATE ledger_entry SET balance_after = balance_after + 1 WHERE reason = 'job:drop' AND delta < 0"),
    ],
)
def test_books_that_were_tampered_with_are_reported(expected, statement, books):
    tamper(statement)
    assert expected in names()


def test_an_account_below_its_floor_is_reported(books):
    tamper(
        "ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_floor",
        "UPDATE ledger_account SET balance = -1 WHERE kind = 'escrow'",
    )
    assert {"I3", "I5"} <= names()


def test_a_wallet_whose_floor_was_lowered_is_reported(books):
    tamper(
        "ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_kind_is_whole",
        "UPDATE ledger_account SET floor = -500 WHERE kind = 'wallet'",
    )
    assert names() == {"I5"}


@pytest.mark.parametrize("change", ["DISABLE TRIGGER", "ENABLE TRIGGER", "ENABLE REPLICA TRIGGER"])
@pytest.mark.parametrize("table", TABLES)
def test_a_trigger_that_is_not_always_enabled_is_reported(table, change, books):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal ORDER BY 1", [table]
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} {change} {name}")
    assert names() == {"I15"}
    (case,) = invariants.broken()
    assert {row[0] for row in case.sample} == {table}


def test_a_dropped_trigger_and_a_hollow_function_are_reported(books):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger_entry'::regclass AND tgname ~ 'only_post'"
        )
        only_post = cursor.fetchone()[0]
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger_account'::regclass AND tgname ~ 'guard_new'"
        )
        guard = cursor.fetchone()[0]
        cursor.execute(f"DROP TRIGGER {only_post} ON ledger_entry")
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {guard}() RETURNS TRIGGER AS $$ BEGIN RETURN NEW; END; $$ LANGUAGE plpgsql"
        )
    (case,) = invariants.broken()
    assert {row[1] for row in case.sample} == {only_post, guard}


def withdraw(user, now, **fields):
    return Withdrawal.objects.create(
        user=user, amount_cents=100, created_at=now, idempotency_key=uuid.uuid4().hex, **fields
    )


def test_a_withdrawal_without_its_money_in_transit_is_reported(books, sender, now):
    withdraw(sender, now)
    assert names() == {"I9"}


def test_money_in_transit_without_a_withdrawal_is_reported(books, sender, now):
    move(sender, "withdrawal:1", now)
    assert names() == {"I9"}


def test_a_pending_withdrawal_with_its_money_in_transit_is_in_order(books, sender, now):
    move(sender, f"withdrawal:{withdraw(sender, now).pk}", now)
    assert names() == set()


def test_a_completed_withdrawal_that_was_never_sent_is_reported(books, sender, now):
    withdraw(sender, now, status="completed", stripe_transfer_id="tr_1")
    assert names() == {"I10"}


def move(user, reason, now):
    """Into transit, out of what was earned."""
    ledger.post_transfer(
        debit=ledger.Party(ledger.Kind.ADJUSTMENTS),
        credit=ledger.wallet_of(user),
        amount_cents=100,
        reason=f"adjust:{reason.partition(':')[2]}",
        now=now,
    )
    ledger.post_transfer(
        debit=ledger.wallet_of(user),
        credit=ledger.Party(ledger.Kind.TRANSIT, user_id=user.pk),
        amount_cents=100,
        reason=reason,
        now=now,
    )


def test_a_name_is_registered_once_and_other_rooms_add_theirs(books, monkeypatch):
    monkeypatch.setattr(invariants, "registry", dict(invariants.registry))
    invariants.register("I99", "SELECT kind FROM ledger_account WHERE kind = 'fees'", "There are no fees.")
    assert [(case.name, case.meaning, case.sample) for case in invariants.broken()] == [
        ("I99", "There are no fees.", [("fees",)])
    ]
    with pytest.raises(ValueError, match="I99"):
        invariants.register("I99", "SELECT 1", "Again.")


def test_the_command_says_ok(books, capsys):
    call_command("check_ledger")
    assert capsys.readouterr().out == "ledger ok\n"


def test_the_command_names_what_is_broken_and_fails(books, capsys):
    wallet = Account.objects.filter(kind="wallet").order_by("id").first()
    tamper(f"UPDATE ledger_account SET balance = balance + 1 WHERE id = {wallet.pk}")
    with pytest.raises(CommandError) as caught:
        call_command("check_ledger")
    assert caught.value.returncode == 1
    out = capsys.readouterr().out
    assert "I3 broken: Every balance is the sum of its entries." in out
    assert "ledger ok" not in out
