"""The head of the wallet's page: where money is, what has stopped, and what to do about it."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Notification
from tests.stripe_double import Fault
from tests.wallet.stripe_play import balances, sees
from wallet.books import ledger
from wallet.models import PaymentProfile
from wallet.money_in import auto_topups
from wallet.money_in.card_refunds import start_card_refund

HEAD = "free to spend on drops"


def head(user):
    """The words above the balance."""
    page = sees(user)
    assert HEAD in page
    return page.partition(HEAD)[0]


def test_money_that_goes_back_to_its_card_is_not_said_to_be_in_the_wallet(play, sender):
    topup = play.topped_up(sender, 3_000)
    assert "Arrived. It is in your wallet." in sees(sender)
    start_card_refund(user=sender, topup_id=topup.pk, now=play.now)
    assert balances(sender) == {"transit": 3_000}
    page = sees(sender)
    assert "It is in your wallet" not in page and "On its way back." in page
    assert "$30.00 back to its card" in head(sender) and "Banks show it within ten days" in head(sender)


@pytest.mark.parametrize(
    ("spent", "words"), [(400, "$6.00 of it is left in your wallet"), (1_000, "None of it is left")]
)
def test_a_topup_says_how_much_of_it_is_left(spent, words, play, sender):
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=spent, now=play.now)
    assert words in sees(sender) and "It is in your wallet" not in sees(sender)
    page = Client()
    page.force_login(sender, backend="allauth.account.auth_backends.AuthenticationBackend")
    back = page.get("/wallet/topups/return", {"session_id": topup.stripe_session_id}).content.decode()
    assert words in " ".join(back.split()).replace('<span class="money">', "").replace("</span>", "")


def test_a_withdrawal_on_its_way_stands_at_the_head_with_what_is_known(play, agent):
    play.connected(agent)
    play.earned(agent, 3_000)
    row = play.withdrawal(agent, 3_000)
    assert "$30.00 to your account at Stripe" in head(agent) and "Stripe has not confirmed it yet" in head(agent)
    play.send(row)
    assert "On its way" not in head(agent)


def test_a_payment_that_takes_days_is_said_to_be_on_its_way(play, sender):
    topup = play.start(sender, 3_000)
    play.double.pay_later(topup.stripe_session_id)
    play.settle(topup)
    assert "$30.00 to your wallet. You have paid; your bank can take some days to confirm." in head(sender)


DECLINES = {
    "insufficient_funds": "There is not enough money behind the card. You were not charged. We try again",
    "authentication_required": "It pauses until you add money yourself",
}


@pytest.mark.parametrize("code", DECLINES)
def test_a_declined_automatic_topup_stands_at_the_head_with_what_to_do(code, play, sender):
    play.automatic(sender)
    play.double.next("POST /v1/payment_intents", Fault.DECLINE, decline_code=code)
    play.charge(play.begin_auto(sender))
    assert "Automatic top-up of $10.00 failed." in head(sender) and DECLINES[code] in head(sender)
    play.topped_up(sender)
    assert "failed" not in head(sender)


def test_one_that_ended_after_three_says_how_to_go_on(play, sender):
    play.automatic(sender)
    play.double.next("POST /v1/payment_intents", Fault.DECLINE, times=3)
    for _ in range(3):
        play.charge(play.begin_auto(sender))
        play.wait(days=2)
    assert "It is off. Change your card or add money, then turn it on again." in head(sender)
    auto_topups.set_auto_topup(user=sender, enabled=True)
    assert "failed" not in head(sender)
    PaymentProfile.objects.update(auto_topup_enabled=False)


def test_a_payment_that_is_held_tells_its_owner_once_what_why_until_when_and_what_to_do(play, sender):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id, amount=700)
    for _ in range(2):
        play.settle(topup)
    (note,) = Notification.objects.filter(user=sender, kind="topup_held")
    for words in ("$10.00", "another sum or currency", "usually within a day", "don't pay again"):
        assert words in head(sender) and words in note.text
    play.difference_cents = 700 - play.double.shelf.all("balance_transaction")[0]["fee"]


def test_a_payment_that_its_bank_reported_is_said_to_be(play, sender):
    play.double.warn(play.topped_up(sender).stripe_session_id)
    play.deliver()
    assert "A bank has reported one of your payments." in head(sender)
