"""A payment that its bank calls a fraud is refunded at once, once, and up to a sum that the operator names."""

from __future__ import annotations

import pytest

from tests.stripe_double import Fault
from tests.wallet.stripe_play import balances
from wallet import tasks
from wallet.books import debts, freezes, ledger
from wallet.models import FraudWarning

REFUNDS = "POST /v1/refunds"


@pytest.fixture(autouse=True)
def rule(settings):
    settings.FRAUD_WARNING_REFUND_CENTS_MAX = 1_000


def warned(play, user, cents=1_000):
    topup = play.topped_up(user, cents)
    play.double.warn(topup.stripe_session_id)
    play.deliver()
    return topup


def refunds(play):
    return [one["amount"] for one in play.double.shelf.all("refund")]


def test_what_was_warned_of_is_refunded_once_and_stays_with_staff(play, sender):
    warned(play, sender)
    for _ in range(2):
        tasks.send_outbound()
        play.deliver(events=play.double.events(), times=2)
    assert (refunds(play), balances(sender), freezes.is_reported(sender)) == ([1_000], {}, True)
    assert play.double.calls(REFUNDS)[0].params["reason"] == "fraudulent"


def test_more_than_the_sum_waits_for_staff(play, sender):
    warned(play, sender, 1_001)
    tasks.send_outbound()
    assert (refunds(play), balances(sender)) == ([], {"wallet": 1_001})


def test_what_was_spent_is_owed(play, sender):
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=600, now=play.now)
    play.double.warn(topup.stripe_session_id)
    play.deliver()
    tasks.send_outbound()
    assert (refunds(play), balances(sender), debts.owed_cents(sender)) == ([1_000], {"debt": -600}, 600)


@pytest.mark.parametrize("fault", [Fault.DROP_AFTER_EFFECT, Fault.RATE_LIMITED, Fault.ERROR_SAVED_AFTER_EFFECT])
def test_an_answer_that_was_lost_makes_no_second_refund(fault, play, sender):
    play.double.next(REFUNDS, fault)
    warned(play, sender)
    for _ in range(3):
        tasks.send_outbound()
        play.wait(hours=30)
        play.double.keys.forget()
    assert (refunds(play), balances(sender)) == ([1_000], {})


def test_what_was_refunded_or_disputed_meanwhile_is_left_alone(play, sender):
    topup = play.topped_up(sender)
    play.double.warn(topup.stripe_session_id)
    play.deliver()
    play.double.dispute(topup.stripe_session_id)
    tasks.send_outbound()
    row = FraudWarning.objects.get()
    assert (row.next_attempt_at, row.last_error, row.refunded_at) == (None, "charge_disputed", None)
    play.deliver()
    assert refunds(play) == []
