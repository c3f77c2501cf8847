"""The parameters that have Stripe see that payments are their payers' own, and that only usable cards are kept."""

from __future__ import annotations

import pytest

from core.errors import Invalid
from tests.stripe_double import Fault
from tests.wallet.stripe_play import PAGES
from wallet.models import PaymentProfile, Topup
from wallet.money_in import cards, topups
from wallet.money_out import connect

SESSIONS = "POST /v1/checkout/sessions"
ONBOARDING = {"refresh_url": "https://clorp.test/r", "return_url": "https://clorp.test/b"}


def asked(play):
    """Of each page of Stripe's, whether it asks the payer's bank to look."""
    options = [call.params.get("payment_method_options", {}) for call in play.double.calls(SESSIONS)]
    return [one.get("card", {}).get("request_three_d_secure") for one in options]


def test_the_first_topup_and_large_ones_are_confirmed_by_the_bank(play, sender, settings):
    settings.THREE_D_SECURE_CENTS = 5_000
    for cents in (1_000, 1_000):
        play.topped_up(sender, cents)
    play.wait(days=8)
    for cents in (4_900, 5_000):
        play.topped_up(sender, cents)
        play.wait(days=1)
    assert asked(play) == ["any", "any", None, "any"]


def test_one_small_payment_opens_no_door_for_other_cards(play, sender):
    """Whichever card pays the next: no bank has had the time to take the first one back."""
    play.topped_up(sender, 500)
    play.wait(days=6)
    play.topped_up(sender, 1_000)
    assert asked(play) == ["any", "any"]


def test_a_large_sum_in_small_payments_is_confirmed_as_one_is(play, sender, settings):
    settings.THREE_D_SECURE_CENTS = 5_000
    play.topped_up(sender)
    play.wait(days=8)
    for cents in (2_000, 2_900, 1_000):
        play.topped_up(sender, cents)
    play.wait(days=1, minutes=1)
    play.topped_up(sender, 1_000)
    assert asked(play) == ["any", None, None, "any", None]


def test_a_card_that_is_saved_for_later_is_confirmed_too(play, sender):
    cards.start_card_setup(user=sender, now=play.now, **PAGES)
    assert asked(play) == ["any"]


def test_a_page_that_is_asked_for_again_asks_the_same(play, sender):
    """One key, one request: what has arrived meanwhile must not make another of it."""
    key = {"idempotency_key": "pressed"}
    play.double.next(SESSIONS, Fault.DROP_AFTER_EFFECT)
    with pytest.raises(Exception, match="did not answer"):
        topups.start_topup(user=sender, amount_cents=700, keep_card=False, now=play.now, **PAGES, **key)
    play.topped_up(sender)
    _, url = topups.start_topup(user=sender, amount_cents=700, keep_card=False, now=play.now, **PAGES, **key)
    assert url and asked(play) == ["any", "any", "any"]


def test_only_cards_can_be_kept_since_automatic_topup_can_use_no_other(play, sender):
    play.start(sender, keep_card=True)
    play.start(sender)
    kinds = [call.params.get("allowed_payment_method_types") for call in play.double.calls(SESSIONS)]
    assert [list(kind.values()) if isinstance(kind, dict) else kind for kind in kinds] == [["card"], None]


def test_a_card_that_has_run_out_is_none(play, sender):
    play.automatic(sender)
    card = play.double.shelf.all("payment_method")[0]
    card["card"].update(exp_year=2026, exp_month=10)
    play.charge(play.begin_auto(sender))
    assert Topup.objects.get().error_code == "no_payment_method"
    assert not PaymentProfile.objects.get().has_payment_method


def test_payouts_go_where_the_operator_allows_them(play, agent, settings):
    settings.CONNECT_COUNTRIES = ["US", "DE"]
    with pytest.raises(Invalid, match="Payouts go to DE and US so far"):
        connect.start_onboarding(user=agent, now=play.now, country="FR", **ONBOARDING)
    assert not play.double.calls("POST /v2/core/accounts")
    assert connect.start_onboarding(user=agent, now=play.now, country="de", **ONBOARDING)


def test_an_account_abroad_is_made_under_the_agreement_of_recipients(play, agent, sender, settings):
    settings.CONNECT_RECIPIENT_COUNTRIES = ["DE"]
    connect.start_onboarding(user=agent, now=play.now, country="DE", **ONBOARDING)
    connect.start_onboarding(user=sender, now=play.now, country="US", **ONBOARDING)
    (made,) = play.double.calls("POST /v1/accounts")
    assert (made.params["country"], made.params["tos_acceptance"]) == ("DE", {"service_agreement": "recipient"})
    assert len(play.double.calls("POST /v2/core/accounts")) == 1
    account = PaymentProfile.objects.get(user=agent).stripe_account_id
    play.double.activate_account(account)
    assert connect.refresh_account(account=account, now=play.now).stripe_account_status == "active"
