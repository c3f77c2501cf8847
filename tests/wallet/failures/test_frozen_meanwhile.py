"""Once an owner is frozen no transfer is made and no card charged, whatever went wrong before, and each still ends."""

from __future__ import annotations

import pytest

from tests.stripe_double import Fault
from tests.wallet.stripe_play import balances
from wallet import tasks
from wallet.books import ledger
from wallet.gateway import Gateway
from wallet.models import Topup

SEND, CHARGE = "POST /v1/transfers", "POST /v1/payment_intents"
HAVING_NO_EFFECT = [
    Fault.RATE_LIMITED,
    Fault.BALANCE_INSUFFICIENT,
    Fault.ERROR_SAVED,
    Fault.ERROR_UNSAVED,
    Fault.DROP_BEFORE_EFFECT,
    Fault.GARBLED,
    Fault.KEY_IN_USE,
]
WITH_EFFECT = [Fault.ERROR_SAVED_AFTER_EFFECT, Fault.DROP_AFTER_EFFECT, Fault.LANDS_LATER]
# What cards alone are told, what ends a withdrawal at once, and lost connections that take longer.
OTHERS = {Fault.DECLINE, Fault.NEEDS_AUTHENTICATION, Fault.REFUSED}
OTHERS |= {Fault.TIMEOUT_BEFORE_EFFECT, Fault.TIMEOUT_AFTER_EFFECT}
WAYS = ["suspended", "disputed", "reported", "in debt"]


@pytest.fixture
def asked(play, earner):
    """A withdrawal of $6.00 out of $10.00; its owner has also spent what `asked.topup` brought."""
    topup = play.topped_up(earner)
    ledger.hold_prize(payer=earner, reference="spent", amount_cents=1_000, now=play.now)
    row = play.withdrawal(earner)
    row.topup = topup
    return row


def freeze(how, play, asked):
    if how == "suspended":
        type(asked.user).objects.filter(pk=asked.user_id).update(suspended_at=play.now, suspended_reason="Fraud.")
    elif how == "disputed":
        play.double.dispute(asked.topup.stripe_session_id)
    elif how == "reported":
        play.double.warn(asked.topup.stripe_session_id)
    else:
        play.double.refund(asked.topup.stripe_session_id)
    play.double.deliver(play.post)
    play.double.requests.clear()


def hours_pass(play):
    for _ in range(10):
        play.deliver()
        tasks.send_outbound()
        play.double.land()
        play.wait(minutes=20)


@pytest.mark.turns(2)
@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("fault", HAVING_NO_EFFECT, ids=lambda fault: fault.name)
def test_what_was_not_sent_before_its_owner_was_frozen_never_is(fault, how, play, asked):
    play.double.next(SEND, fault)
    play.send(asked)
    freeze(how, play, asked)
    hours_pass(play)
    asked.refresh_from_db()
    assert (asked.status, asked.failure_code, play.double.calls(SEND)) == ("failed", "account_frozen", [])
    assert play.double.shelf.all("transfer") == [] and "transit" not in balances(asked.user)


@pytest.mark.turns(2)
@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("fault", WITH_EFFECT, ids=lambda fault: fault.name)
def test_what_was_sent_before_is_found_and_not_sent_again(fault, how, play, asked):
    play.double.next(SEND, fault)
    play.send(asked)
    freeze(how, play, asked)
    hours_pass(play)
    asked.refresh_from_db()
    assert (asked.status, play.double.calls(SEND)) == ("completed", [])
    assert len(play.double.shelf.all("transfer")) == 1 and "transit" not in balances(asked.user)


def test_every_fault_is_among_those_that_are_tried():
    assert {*HAVING_NO_EFFECT, *WITH_EFFECT} | OTHERS == set(Fault)


def test_who_is_frozen_while_stripe_is_asked_about_their_account_is_sent_nothing(play, asked, monkeypatch):
    ask = Gateway.get_account

    def frozen_meanwhile(gateway, account):
        freeze("suspended", play, asked)
        return ask(gateway, account)

    monkeypatch.setattr(Gateway, "get_account", frozen_meanwhile)
    assert play.send(asked).failure_code == "account_frozen" and play.double.shelf.all("transfer") == []
    play.deliver()


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.DROP_BEFORE_EFFECT], ids=lambda fault: fault.name)
def test_an_account_that_can_take_no_money_any_more_ends_a_withdrawal_that_waits(fault, play, asked, earner):
    play.double.next(SEND, fault)
    play.send(asked)
    play.double.restrict_account(play.double.shelf.all("v2.core.account")[0])
    play.double.requests.clear()
    hours_pass(play)
    asked.refresh_from_db()
    assert (asked.failure_code, play.double.calls(SEND)) == ("account_not_active", [])
    assert balances(earner) == {"wallet": 1_000}


@pytest.fixture
def charging(play, sender):
    """An automatic top-up that is asked for, by somebody who has spent what `charging.topup` brought."""
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="used", amount_cents=1_000, now=play.now)
    play.automatic(sender)
    row = play.begin_auto(sender)
    row.topup = topup
    return row


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.DROP_BEFORE_EFFECT], ids=lambda fault: fault.name)
def test_a_card_that_was_not_charged_before_its_owner_was_frozen_never_is(fault, how, play, charging):
    play.double.next(CHARGE, fault)
    play.charge(charging)
    freeze(how, play, charging)
    hours_pass(play)
    play.wait(hours=24)
    play.charge(charging)
    charging.refresh_from_db()
    assert (charging.status, play.double.calls(CHARGE)) == ("failed", [])
    assert Topup.objects.filter(source="auto").count() == 1


@pytest.mark.parametrize("how", WAYS)
def test_a_card_that_was_charged_before_is_looked_for_and_not_charged_again(how, play, charging):
    play.double.next(CHARGE, Fault.DROP_AFTER_EFFECT)
    play.charge(charging)
    freeze(how, play, charging)
    play.wait(minutes=5)
    assert play.charge(charging).has_arrived and play.double.calls(CHARGE) == []
    play.deliver()
