"""Money in: a top-up is credited once, to its own user, with Stripe's fee as ours."""

from __future__ import annotations

import pytest

from accounts.models import Notification
from core.errors import Invalid, Suspended
from tests.stripe_double import Fault
from tests.wallet.stripe_play import PAGES, balances
from wallet.books import ledger
from wallet.gateway import NotConfigured
from wallet.models import PaymentProfile, Topup, Transfer
from wallet.money_in import topups
from wallet.money_in.topups import TopupOver
from wallet.outages import StripeUnavailable


def keyed(play, user):
    return {"user": user, "amount_cents": 1_000, "keep_card": False, "now": play.now, "idempotency_key": "k", **PAGES}


def test_a_paid_topup_is_in_the_wallet_and_its_fee_is_ours(play, sender):
    topup = play.topped_up(sender)
    assert (topup.status, balances(sender)) == ("succeeded", {"wallet": 1_000})
    reasons = set(Transfer.objects.values_list("reason", "amount"))
    assert (f"topup:{topup.stripe_session_id}", 1_000) in reasons
    assert [amount for reason, amount in reasons if reason.startswith("stripe_fee:txn_")] == [59]
    assert Notification.objects.get().subject == "$10.00 added"


def test_settling_again_changes_nothing(play, sender):
    topup = play.topped_up(sender)
    assert play.settle(topup).status == "succeeded"
    assert balances(sender) == {"wallet": 1_000} and Notification.objects.count() == 1


def test_the_same_key_finds_the_same_page(play, sender):
    asked = keyed(play, sender)
    (first, url), (second, again) = topups.start_topup(**asked), topups.start_topup(**asked)
    assert (first.pk, url) == (second.pk, again)
    play.double.pay(first.stripe_session_id)
    with pytest.raises(TopupOver):
        topups.start_topup(**asked)
    play.settle(first)


@pytest.mark.parametrize("cents", [499, 100_001, 0, -5])
def test_an_amount_outside_the_limits_is_refused_and_stripe_not_asked(cents, play, sender):
    with pytest.raises(Invalid):
        play.start(sender, cents)
    assert not Topup.objects.exists() and play.double.requests == []


def test_a_suspended_user_adds_nothing(play, sender):
    sender.suspended_at, sender.suspended_reason = play.now, "abuse"
    sender.save()
    with pytest.raises(Suspended):
        play.start(sender)
    assert not Topup.objects.exists()


def test_without_stripe_there_is_no_topup(sender, settings):
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(NotConfigured):
        topups.start_topup(user=sender, amount_cents=1_000, keep_card=False, now=None, **PAGES)


@pytest.mark.parametrize("fault", [Fault.ERROR_UNSAVED, Fault.DROP_AFTER_EFFECT, Fault.RATE_LIMITED])
def test_where_stripe_does_not_answer_nothing_is_started_and_a_repeat_works(fault, play, sender):
    asked = keyed(play, sender)
    play.double.next("POST /v1/checkout/sessions", fault)
    with pytest.raises(StripeUnavailable):
        topups.start_topup(**asked)
    topup, _ = topups.start_topup(**asked)
    assert Topup.objects.count() == 1 and len(play.double.shelf.all("checkout.session")) == 1
    assert topup.stripe_session_id


def test_a_session_that_ran_out_ends_its_topup(play, sender):
    topup = play.start(sender)
    play.double.expire(topup.stripe_session_id)
    assert play.settle(topup).status == "expired" and balances(sender) == {}


def test_a_customer_who_was_deleted_at_stripe_is_made_anew(play, sender):
    play.double.delete_customer(play.customer(sender))
    with pytest.raises(StripeUnavailable):
        play.start(sender)
    assert play.topped_up(sender).has_arrived
    assert PaymentProfile.objects.get(user=sender).customers_lost == 1


def test_a_card_is_kept_only_where_it_was_ticked(play, sender, agent):
    play.topped_up(sender, keep_card=True)
    play.topped_up(agent)
    kept = PaymentProfile.objects.filter(has_payment_method=True)
    assert [profile.user for profile in kept] == [sender]


def test_nobody_comes_back_and_no_event_arrives_yet_the_sweep_finds_the_payment(play, sender):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    assert topups.check_topup(topup_id=topup.pk, now=play.now) is None
    play.wait(minutes=6)
    assert topups.check_topup(topup_id=topup.pk, now=play.now).has_arrived
    assert ledger.balance_cents(sender) == 1_000


def test_a_topup_that_never_got_its_page_is_cleared_away(play, sender):
    play.double.next("POST /v1/checkout/sessions", Fault.ERROR_UNSAVED)
    with pytest.raises(StripeUnavailable):
        play.start(sender)
    topup = Topup.objects.get()
    play.wait(hours=26)
    assert topups.check_topup(topup_id=topup.pk, now=play.now).status == "expired"


def test_what_is_owed_is_paid_first_by_the_next_topup(play, sender, funded):
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="spent", amount_cents=800, now=play.now)
    play.double.refund(topup.stripe_session_id)
    play.deliver()
    assert balances(sender) == {"debt": -800}
    again = play.topped_up(sender, 1_500)
    assert balances(sender) == {"wallet": 700}
    assert Transfer.objects.get(reason=f"debt_paid:{again.pk}").amount == 800
