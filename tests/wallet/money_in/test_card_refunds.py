"""Money that was topped up and not spent goes back to its card, once, at no more than a bounded cost to the house."""

from __future__ import annotations

import pytest

from accounts.models import User
from core.errors import Refused
from drops.contest.links import note_evidence
from tests.play import make_user
from tests.stripe_double import Fault
from tests.wallet.stripe_play import balances, sees
from wallet import tasks
from wallet.books import debts, ledger
from wallet.books.earnings import earnings_of
from wallet.models import CardRefund, Doubt
from wallet.money_in.card_refunds import (
    FeesUsedUp,
    NothingLeft,
    returnable_to_cards,
    send_card_refund,
    start_card_refund,
)

REFUNDS = "POST /v1/refunds"
NEITHER_LOST_NOR_DOUBLED = [
    Fault.RATE_LIMITED,
    Fault.ERROR_SAVED,
    Fault.ERROR_SAVED_AFTER_EFFECT,
    Fault.ERROR_UNSAVED,
    Fault.DROP_BEFORE_EFFECT,
    Fault.DROP_AFTER_EFFECT,
    Fault.GARBLED,
    Fault.LANDS_LATER,
]


def back(play, topup):
    return start_card_refund(user=topup.user, topup_id=topup.pk, now=play.now)


def paid_with(play, user, number):
    """$10.00 by the card of this number."""
    topup = play.start(user)
    play.double.pay(topup.stripe_session_id, number=number)
    return play.settle(topup)


def refunds(play):
    return [one["amount"] for one in play.double.shelf.all("refund")]


def hours_pass(play):
    for _ in range(12):
        tasks.send_outbound()
        play.double.land()
        play.wait(minutes=20)
    play.deliver()


def test_what_is_left_of_a_top_up_goes_back_and_nothing_else(play, sender):
    one = play.topped_up(sender)
    play.wait(minutes=1)
    two = play.topped_up(sender, 700)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=400, now=play.now)
    assert [(row.topup, row.cents) for row in returnable_to_cards(sender)] == [(one, 600), (two, 700)]
    back(play, one)
    assert balances(sender) == {"wallet": 700, "transit": 600}
    hours_pass(play)
    assert (balances(sender), refunds(play)) == ({"wallet": 700}, [600])
    assert CardRefund.objects.get().status == "completed" and not Doubt.objects.exists()


def test_what_was_won_never_goes_to_a_card(play, sender, agent):
    play.earned(agent)
    topup = play.topped_up(agent, 500)
    ledger.hold_prize(payer=agent, reference="drop", amount_cents=500, now=play.now)
    with pytest.raises(NothingLeft):
        back(play, topup)
    assert earnings_of(agent, play.now).withdrawable_cents == 1_000 and refunds(play) == []


def test_nobody_sends_back_what_is_somebody_elses(play, sender, agent):
    topup = play.topped_up(sender)
    with pytest.raises(NothingLeft):
        start_card_refund(user=agent, topup_id=topup.pk, now=play.now)
    assert balances(sender) == {"wallet": 1_000}


@pytest.mark.parametrize("fault", NEITHER_LOST_NOR_DOUBLED, ids=lambda fault: fault.name)
def test_whatever_goes_wrong_it_goes_back_once(fault, play, sender):
    topup = play.topped_up(sender)
    back(play, topup)
    play.double.next(REFUNDS, fault)
    hours_pass(play)
    assert (balances(sender), refunds(play)) == ({}, [1_000])
    assert CardRefund.objects.get().status == "completed"


def test_a_refund_that_stripe_will_not_make_leaves_the_money_for_drops(play, sender):
    topup = play.topped_up(sender)
    back(play, topup)
    play.double.next(REFUNDS, Fault.REFUSED, code="charge_already_refunded")
    hours_pass(play)
    assert CardRefund.objects.get().failure_code == "charge_already_refunded"
    assert earnings_of(sender, play.now).card_cents == 1_000


def test_a_refund_that_the_bank_sends_back_is_topped_up_again(play, sender):
    back(play, play.topped_up(sender))
    tasks.send_outbound()
    play.double.fail_refund(play.double.shelf.all("refund")[0])
    play.deliver()
    assert earnings_of(sender, play.now).card_cents == 1_000


def test_who_is_frozen_sends_nothing_back(play, sender):
    topup, disputed = play.topped_up(sender), play.topped_up(sender, 500)
    back(play, topup)
    play.double.dispute(disputed.stripe_session_id)
    play.deliver()
    hours_pass(play)
    assert refunds(play) == [] and balances(sender) == {"wallet": 1_000}
    with pytest.raises(Refused):
        back(play, topup)


def test_who_is_frozen_in_the_moment_of_the_call_is_sent_nothing(play, sender, monkeypatch):
    made, lock = back(play, play.topped_up(sender)), debts.lock_balances

    def somebody_was_quicker(user):
        User.objects.filter(pk=user.pk).update(suspended_at=play.now, suspended_reason="Fraud.")
        lock(user)

    monkeypatch.setattr(debts, "lock_balances", somebody_was_quicker)
    assert send_card_refund(card_refund_id=made.pk, now=play.now).failure_code == "account_frozen"
    assert refunds(play) == [] and balances(sender) == {"wallet": 1_000}


def test_topping_up_in_circles_costs_the_house_a_bounded_sum(play, sender, settings):
    settings.CARD_REFUND_FEES_MONTH_CENTS_MAX = 130
    for _ in range(2):
        back(play, play.topped_up(sender))
        hours_pass(play)
    topup = play.topped_up(sender)
    with pytest.raises(FeesUsedUp) as refusal:
        back(play, topup)
    assert refusal.value.retry_at > play.now and balances(sender) == {"wallet": 1_000}
    assert sum(CardRefund.objects.values_list("fee_cents", flat=True)) <= 130


def test_one_card_in_several_accounts_has_one_bound(play, sender, agent, settings):
    settings.CARD_REFUND_FEES_MONTH_CENTS_MAX = 100
    one, other = paid_with(play, sender, "4242"), paid_with(play, agent, "4242")
    back(play, one)
    with pytest.raises(FeesUsedUp):
        back(play, other)
    back(play, paid_with(play, make_user("other"), "4000"))


def test_one_mailbox_with_several_accounts_has_one_bound(play, sender, settings):
    settings.CARD_REFUND_FEES_MONTH_CENTS_MAX = 100
    back(play, play.topped_up(sender))
    second = User.objects.create_user(sender.email.replace("@", "+second@"))
    note_evidence(sender, play.now)
    with pytest.raises(FeesUsedUp):
        back(play, paid_with(play, second, "4000"))


def test_the_wallet_has_a_button_for_it(play, sender):
    topup = play.topped_up(sender)
    assert "Send $10.00 back" in sees(sender)
    back(play, topup)
    page = sees(sender)
    assert "Send $10.00 back" not in page and "On its way back to the card" in page
