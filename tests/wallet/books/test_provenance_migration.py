"""Books from before provenance was kept: the migration tells their story again, and no sum changes."""

from __future__ import annotations

import itertools
import random

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.errors import Refused
from tests.play import make_user
from wallet.books import debts, invariants, ledger
from wallet.models import Account

# A migration that has landed is not rewritten: what could break this comes seldom, and a night is early enough.
pytestmark = pytest.mark.nightly

BEFORE = [("wallet", "0006_topup_fell_short")]
LOTS = """SELECT a.kind, a.user_id::text, a.reference, t.reason, l.is_earned, l.cents
FROM ledger_lot l JOIN ledger_account a ON a.id = l.account_id JOIN ledger_transfer t ON t.id = l.origin_id
ORDER BY 1, 2, 3, 4, 5"""
PARTS = """SELECT t.reason, o.reason, p.is_earned, p.cents
FROM ledger_part p JOIN ledger_transfer t ON t.id = p.transfer_id JOIN ledger_transfer o ON o.id = p.origin_id
ORDER BY 1, 2, 3"""
CARD = "SELECT id, balance, card_cents FROM ledger_account ORDER BY id"
BALANCES = "SELECT id, balance FROM ledger_account ORDER BY id"
BY_HAND = """INSERT INTO ledger_transfer (debit_id, credit_id, amount, reason, event_at, created_at)
SELECT d.id, c.id, %s, %s, now(), now() FROM ledger_account d, ledger_account c
WHERE d.kind = %s AND d.user_id IS NOT DISTINCT FROM %s AND c.kind = %s AND c.user_id IS NOT DISTINCT FROM %s"""


def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def faults():
    """Nothing here has a row of its own to wait in, so what is in transit belongs to none."""
    return {case.name for case in invariants.broken()} - {"I9"}


def migrate(targets=None):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    executor = MigrationExecutor(connection)
    executor.migrate(targets or executor.loader.graph.leaf_nodes())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class History:
    """Some hundred movements between three people, of every kind that knows its own past."""

    def __init__(self, people, now, seed):
        self.people, self.now, self.dice, self.names = people, now, random.Random(seed), itertools.count()
        self.escrows, self.waiting = [], []

    def post(self, debit, credit, cents, reason, about=None):
        ledger.post_transfer(debit=debit, credit=credit, amount_cents=cents, reason=reason, now=self.now, about=about)

    def topup(self, user, cents):
        self.post(debts.CLEARING, ledger.wallet_of(user), cents, f"topup:cs_{next(self.names)}")

    def hold(self, user, cents):
        reference = f"drop-{next(self.names)}"
        ledger.hold_prize(payer=user, reference=reference, amount_cents=cents, now=self.now)
        self.escrows.append((reference, user))

    def pay(self, user, cents):
        reference, _ = self.escrows.pop(0)
        ledger.pay_prize(reference=reference, payee=user, fee_cents=7, now=self.now)

    def refund(self, user, cents):
        reference, payer = self.escrows.pop()
        ledger.refund_hold(reference=reference, payer=payer, now=self.now)

    def withdraw(self, user, cents):
        name = next(self.names)
        self.post(ledger.wallet_of(user), debts.transit_of(user), cents, f"withdrawal:{name}")
        self.waiting.append((name, user, cents))

    def sent(self, user, cents):
        name, owner, held = self.waiting.pop(0)
        self.post(debts.transit_of(owner), debts.CLEARING, held, f"withdrawal_sent:{name}", f"withdrawal:{name}")

    def failed(self, user, cents):
        name, owner, held = self.waiting.pop()
        back = ledger.wallet_of(owner)
        self.post(debts.transit_of(owner), back, held, f"withdrawal_failed:{name}", f"withdrawal:{name}")

    def play(self, steps):
        moves = [self.topup, self.hold, self.pay, self.refund, self.withdraw, self.sent, self.failed]
        moves += [self.topup, self.hold]
        for _ in range(steps):
            try:
                self.dice.choice(moves)(self.dice.choice(self.people), self.dice.randint(10, 400))
            except (Refused, IndexError):
                continue


@pytest.fixture
def people(db):
    return [make_user(name) for name in ("ada", "bob", "eve")]


@pytest.mark.parametrize("seed", range(3))
def test_the_story_told_again_leaves_each_top_ups_money_where_it_is(seed, people, now):
    History(people, now, seed).play(300)
    told = [ask(sql) for sql in (LOTS, PARTS, CARD)]
    assert all(told) and any(earned for *_, earned, _ in told[0])
    migrate(BEFORE)
    migrate()
    assert [ask(sql) for sql in (LOTS, PARTS, CARD)] == told and faults() == set()


def test_who_had_withdrawn_what_was_topped_up_loses_nothing(people, now):
    ada, bob, _ = people
    history = History(people, now, 0)
    history.topup(ada, 1_000)
    history.hold(ada, 300)
    history.pay(bob, 0)
    history.topup(bob, 500)
    ledger.open_accounts(debts.transit_of(bob))
    migrate(BEFORE)
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, [600, "withdrawal:old", "wallet", bob.pk, "transit", bob.pk])
        assert cursor.rowcount == 1
    before = ask(BALANCES)
    migrate()
    kept = {row.kind: (row.balance, row.card_cents) for row in Account.objects.filter(user=bob)}
    # The 293 that were won went first, then 307 of what had been topped up.
    assert kept == {"wallet": (193, 193), "transit": (600, 307)} and ask(BALANCES) == before
    history.post(debts.transit_of(bob), ledger.wallet_of(bob), 600, "withdrawal_failed:old", "withdrawal:old")
    assert Account.objects.get(kind="wallet", user=bob).card_cents == 500 and faults() == set()
