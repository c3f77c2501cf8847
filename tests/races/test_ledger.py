"""The ledger under real threads and real commits."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from tests.races.crowd import at_once
from wallet.books import ledger
from wallet.books.ledger import AlreadySettled, InsufficientFunds
from wallet.models import Account, Transfer

pytestmark = pytest.mark.usefixtures("ledger_db")


def count(results, kind):
    return sum(isinstance(result, kind) for result in results)


def test_ten_payments_of_300_from_a_wallet_of_1000_are_three(sender, funded):
    funded(sender, 1_000)
    hold = partial(ledger.hold_prize, payer=sender, amount_cents=300, now=timezone.now())
    results = at_once([partial(hold, reference=f"drop-{n}") for n in range(10)])
    assert count(results, Transfer) == 3
    assert count(results, InsufficientFunds) == 7
    assert ledger.balance_cents(sender) == 100
    assert Account.objects.filter(kind="escrow").count() == 3


def test_one_payment_asked_for_eight_times_at_once_is_posted_once(sender, funded):
    funded(sender, 1_000)
    hold = partial(ledger.hold_prize, payer=sender, reference="one", amount_cents=300, now=timezone.now())
    results = at_once([hold] * 8)
    assert {result.pk for result in results} == {Transfer.objects.get(reason="job:one").pk}
    assert ledger.balance_cents(sender) == 700


def test_eight_payouts_of_one_escrow_at_once_pay_once(sender, agent, funded):
    funded(sender, 1_000)
    ledger.hold_prize(payer=sender, reference="one", amount_cents=1_000, now=timezone.now())
    pay = partial(ledger.pay_prize, reference="one", payee=agent, fee_cents=100, now=timezone.now())
    results = at_once([pay] * 8)
    assert {result.pk for result in results} == {Transfer.objects.get(reason="payout:one").pk}
    assert (ledger.balance_cents(agent), ledger.escrow_cents("one")) == (900, 0)


@pytest.mark.parametrize("attempt", range(5))
def test_payout_against_refund_moves_the_money_one_way(attempt, sender, agent, funded):
    funded(sender, 1_000)
    ledger.hold_prize(payer=sender, reference="one", amount_cents=1_000, now=timezone.now())
    pay = partial(ledger.pay_prize, reference="one", payee=agent, fee_cents=0, now=timezone.now())
    refund = partial(ledger.refund_hold, reference="one", payer=sender, now=timezone.now())
    results = at_once([pay, refund] * 4)
    assert (count(results, Transfer), count(results, AlreadySettled)) == (4, 4)
    assert sorted([ledger.balance_cents(agent), ledger.balance_cents(sender)]) == [0, 1_000]


def test_opposite_transfers_never_deadlock(sender, agent, funded):
    wallets = [ledger.wallet_of(funded(user, 10_000)) for user in (sender, agent)]

    def back_and_forth(client):
        debit, credit = wallets if client % 2 else wallets[::-1]
        for n in range(40):
            ledger.post_transfer(
                debit=debit, credit=credit, amount_cents=1, reason=f"adjust:{client}-{n}", now=timezone.now()
            )

    results = at_once([partial(back_and_forth, client) for client in range(8)])
    assert results == [None] * 8
    assert Transfer.objects.filter(kind="adjust").count() == 320
    assert ledger.balance_cents(sender) == ledger.balance_cents(agent) == 10_000


def test_eight_first_payments_to_a_new_user_open_one_wallet(agent, funded):
    results = at_once([partial(funded, agent, 100)] * 8)
    assert results == [agent] * 8
    assert Account.objects.filter(user=agent, kind="wallet").count() == 1
    assert ledger.balance_cents(agent) == 800


def test_the_triggers_are_back_after_a_flush(sender, funded):
    # Any test of this file that ran before ended in a flush that lifted them.
    from wallet.books import invariants

    assert [case for case in invariants.broken() if case.name == "I15"] == []
