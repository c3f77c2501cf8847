"""Saved cards that go away at Stripe's side: automatic top-up ends, its owner is told, and nothing is charged."""

from __future__ import annotations

import pytest

from accounts.models import Notification
from core.errors import Invalid
from tests.stripe_double import Fault
from tests.wallet.stripe_play import balances, sees
from wallet.books import ledger
from wallet.models import PaymentProfile, Topup

CHARGES = "POST /v1/payment_intents"
OFF = "Your saved card was removed, so automatic top-up is off."


@pytest.fixture
def card(play, sender):
    """The card that keeps the sender's wallet filled; what led up to it has been heard of."""
    play.automatic(sender)
    play.deliver()
    (card,) = play.double.shelf.all("payment_method")
    return card


def stands(user):
    profile = PaymentProfile.objects.get(user=user)
    return (profile.has_payment_method, profile.auto_topup_enabled)


def told():
    return list(Notification.objects.values_list("text", flat=True))


@pytest.mark.parametrize("how", [{}, {"thin": True}, {"times": 3}, {"backwards": True}], ids=str)
def test_a_card_that_is_taken_away_ends_automatic_topup(how, play, sender, card):
    play.double.detach_card(card)
    play.deliver(**how)
    assert stands(sender) == (False, False) and told() == [OFF] and "None yet." in sees(sender)
    assert play.begin_auto(sender) is None and play.double.calls(CHARGES) == []


def test_a_customer_that_is_deleted_takes_the_cards_along(play, sender, card):
    play.double.delete_customer(PaymentProfile.objects.get().stripe_customer_id)
    play.deliver(times=2)
    assert stands(sender) == (False, False) and told() == [OFF]
    assert PaymentProfile.objects.get().stripe_customer_id is None
    assert play.topped_up(sender).has_arrived


def test_with_another_card_left_it_goes_on_with_that(play, sender, card):
    other = play.double.save_card(PaymentProfile.objects.get().stripe_customer_id)
    play.double.detach_card(card)
    play.deliver()
    assert stands(sender) == (True, True) and told() == []
    assert play.charge(play.begin_auto(sender)).has_arrived
    assert [one["payment_method"] for one in play.double.shelf.all("payment_intent")] == [other]


def test_where_nobody_said_so_the_next_charge_finds_out(play, sender, card):
    play.double.detach_card(card)
    row = play.charge(play.begin_auto(sender))
    assert (row.status, row.error_code, balances(sender)) == ("failed", "no_payment_method", {})
    assert stands(sender) == (False, False) and play.double.calls(CHARGES) == []
    assert "There is no saved card any more. You were not charged." in sees(sender)
    play.deliver()
    assert len(told()) == 1 and "You have no saved card any more" in told()[0]


def test_a_card_taken_away_between_look_and_charge_is_no_charge(play, sender, card):
    play.double.next(CHARGES, Fault.REFUSED, code="resource_missing")
    row = play.charge(play.begin_auto(sender))
    assert (row.status, balances(sender), stands(sender)) == ("failed", {}, (True, True))
    assert "Stripe would not take this payment. You were not charged." in sees(sender)
    play.double.detach_card(card)
    play.wait(hours=2)
    assert play.charge(play.begin_auto(sender)).error_code == "no_payment_method"
    assert stands(sender) == (False, False) and Topup.objects.filter(status="succeeded").count() == 0


def test_more_than_a_month_may_bring_is_refused_when_it_is_set(play, sender, settings):
    settings.AUTO_TOPUP_MONTH_CENTS_MAX = 1_500
    play.automatic(sender, cents=1_500)
    with pytest.raises(Invalid, match=r"at most \$15.00 a month"):
        play.automatic(sender, cents=1_501)


def test_a_month_that_is_full_charges_nothing_more_and_says_so(play, sender, settings):
    settings.AUTO_TOPUP_MONTH_CENTS_MAX = 1_500
    play.automatic(sender)
    play.charge(play.begin_auto(sender))
    ledger.hold_prize(payer=sender, reference="spent", amount_cents=900, now=play.now)
    play.wait(hours=2)
    assert play.begin_auto(sender) is None
    assert "This month's limit of $15.00 is reached. It goes on next month" in sees(sender)
    play.wait(days=8)
    assert "is reached" not in sees(sender) and play.begin_auto(sender) is not None
