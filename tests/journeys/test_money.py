"""Money in the browser, over the pages of a Stripe that looks like one: what people see at every turn of it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from playwright.sync_api import expect

from core import clock
from drops.models import Drop
from tests.journeys.money import Teller
from tests.journeys.ways import DESK_DARK, EITHER_WAY, EVERY_WAY, PHONE_LIGHT
from tests.play import make_user
from tests.stripe_double import Fault
from wallet.books import invariants, ledger
from wallet.models import PaymentProfile, Topup, Transfer, Withdrawal
from wallet.reconciliation import reconcile

pytestmark = pytest.mark.django_db(transaction=True)

TRANSFERS, CHARGES = "POST /v1/transfers", "POST /v1/payment_intents"


@pytest.fixture(autouse=True)
def real_money(play_site, stripe_double, settings):
    """The site of the journeys, on real money; at the end both books agree."""
    settings.PLAY_MONEY = False
    for name, value in stripe_double.environment.items():
        setattr(settings, name, value)
    yield
    assert invariants.broken() == []
    assert reconcile(now=clock.now()).difference_cents == 0


@pytest.fixture
def teller(visit, live_server, stripe_double, ring_bells):
    """`teller(way)` is a user with an empty wallet at a browser of that kind."""

    def open_counter(way, name="ada", **earlier):
        user = make_user(name)
        return Teller(visit(user, **way), stripe_double, live_server.url, ring_bells, user).given(**earlier)

    return open_counter


@EVERY_WAY
def test_money_is_added_on_stripes_page_and_is_there_on_return(teller, way):
    ada = teller(way).adds("12.50").at_stripe("Pay").sees("Arrived.")
    ada.opens("/wallet").sees("Added to the wallet")
    expect(ada.page.get_by_label("Balance", exact=True)).to_contain_text("$12.50")
    ada.is_in_good_shape()


@EVERY_WAY
def test_a_declined_card_is_told_at_stripe_and_charges_nothing(teller, way):
    ada = teller(way).adds("12.50").at_stripe("Pay with a bad card")
    expect(ada.page.get_by_text("Your card was declined.")).to_be_visible()
    ada.at_stripe("Back").sees("Not paid yet,")
    assert not Transfer.objects.exists()
    ada.is_in_good_shape()


@EITHER_WAY
def test_a_payment_that_takes_days_appears_by_itself(teller, way):
    ada = teller(way).adds("12.50").at_stripe("Pay by bank").sees("Being confirmed. It will appear by itself")
    ada.is_in_good_shape()
    ada.double.clear(Topup.objects.get().stripe_session_id)
    ada.news_arrives().sees("Arrived.")


@EITHER_WAY
def test_a_payment_that_bounces_says_why(teller, way):
    ada = teller(way).adds("12.50").at_stripe("Pay by bank")
    ada.double.bounce(Topup.objects.get().stripe_session_id)
    ada.news_arrives().opens("/wallet").sees("There is not enough money behind the card.")
    ada.sees("You were not charged.").is_in_good_shape()


@EVERY_WAY
def test_a_drop_waits_for_its_money_and_opens_by_itself(teller, way):
    ada = teller(way).opens("/drops/new")
    ada.page.get_by_label("What do you want made?").fill("Name my ferry.")
    # The second click takes the first one's navigation away, which a wait for a navigation would call an error.
    ada.page.get_by_role("button", name="Continue to payment").dblclick()
    expect(ada.page).to_have_url(re.compile(r"/drops/[0-9a-f-]{36}"))
    ada.sees("Missing").is_in_good_shape()
    drop = Drop.objects.get()
    ada.leaves_by("Pay $5.00 and open it").at_stripe("Pay by bank").sees("Your drop opens by itself")
    ada.presses("To your drop").sees("Waiting for your payment of $5.00.").sees("you can close this page")
    ada.is_in_good_shape()
    ada.double.clear(Topup.objects.get().stripe_session_id)
    ada.news_arrives().opens(drop.get_absolute_url()).sees("Open")
    drop.refresh_from_db()
    assert drop.is_open and ledger.balance_cents(ada.user) == 0


@EVERY_WAY
def test_a_card_is_saved_keeps_the_wallet_filled_and_is_removed(teller, way):
    ada = teller(way).opens("/wallet").leaves_by("Save a card").at_stripe("Save card").sees("You have a saved card.")
    ada.keeps_filled("5", "20").sees("The sum to add must be more than the balance").is_in_good_shape()
    ada.keeps_filled("20", "5").sees("Automatic top-up is on.")
    ada.bells().opens("/wallet").sees("automatic").sees("Arrived.").is_in_good_shape()
    assert ledger.balance_cents(ada.user) == 2_000
    ada.leaves_by("Change or remove it").at_stripe("Remove card").at_stripe("Back").sees("You have no saved card.")
    assert not PaymentProfile.objects.get().auto_topup_enabled


@EITHER_WAY
def test_a_bank_that_wants_its_customer_pauses_and_says_what_to_do(teller, way):
    ada = teller(way).opens("/wallet").leaves_by("Save a card").at_stripe("Save card").keeps_filled("20", "5")
    ada.double.next(CHARGES, Fault.NEEDS_AUTHENTICATION)
    ada.bells().opens("/wallet").sees("Paused: your bank wants you to confirm").is_in_good_shape()
    ada.adds("10").at_stripe("Pay").sees("Arrived.").opens("/wallet")
    expect(ada.page.get_by_text("Paused:")).to_have_count(0)


@EVERY_WAY
def test_onboarding_says_what_is_missing_and_then_that_it_is_done(teller, way):
    ada = teller(way).opens("/wallet/earnings").leaves_by("Go on to Stripe").at_stripe("Save for later")
    ada.sees("Still missing").sees("A bank account for your money").is_in_good_shape()
    ada.leaves_by("Go on to Stripe").at_stripe("The link has expired")
    ada.page.wait_for_url("**/onboard/**")
    ada.at_stripe("Finish").sees("Payouts are set up. A prize can be withdrawn").is_in_good_shape()


@EVERY_WAY
def test_a_withdrawal_is_on_the_way_and_then_sent(teller, way):
    ada = teller(way, earned=1_000, connected=True).withdraws("6").sees("On the way.").is_in_good_shape()
    ada.bells().opens("/wallet/earnings").sees("Sent").sees("to your account at Stripe").is_in_good_shape()
    assert ledger.balance_cents(ada.user) == 400


@EITHER_WAY
def test_a_withdrawal_that_fails_says_why_and_the_money_is_back(teller, way):
    ada = teller(way, earned=1_000, connected=True).withdraws("6")
    ada.double.restrict_account(PaymentProfile.of(ada.user).stripe_account_id)
    ada.bells().opens("/wallet/earnings").sees("Failed.").sees("The money is back in your wallet.")
    ada.sees("A document that shows who you are").is_in_good_shape()
    assert ledger.balance_cents(ada.user) == 1_000


@EITHER_WAY
def test_a_withdrawal_waits_for_funds_and_says_so(teller, way):
    ada = teller(way, earned=1_000, connected=True).withdraws("6")
    ada.double.next(TRANSFERS, Fault.BALANCE_INSUFFICIENT)
    ada.bells().opens("/wallet/earnings").sees("Payments of others are still being cleared").is_in_good_shape()


def test_two_browsers_press_withdraw_all_at_once_and_one_does(teller, visit):
    ada = teller(DESK_DARK, earned=1_000, connected=True)
    both = [ada.visitor, visit(ada.user, **PHONE_LIGHT)]
    buttons = [one.opens("/wallet/earnings").page.get_by_role("button", name="Withdraw all, $10.00") for one in both]
    for button in buttons:
        # Pressed, not waited for: both requests are on their way at once.
        button.evaluate("button => { setTimeout(() => button.click(), 50) }")
    for one in both:
        one.page.wait_for_function("() => document.body.innerText.match(/on its way|You can withdraw \\$0.00/)")
    ada.bells()
    assert [row.amount_cents for row in Withdrawal.objects.all()] == [1_000]
    assert ledger.balance_cents(ada.user) == 0 and len(ada.double.calls(TRANSFERS)) == 1


def test_ten_success_pages_and_ten_webhooks_for_one_session_have_one_effect(teller, live_server):
    ada = teller(DESK_DARK).adds("12.50")
    session = ada.double.pay(Topup.objects.get().stripe_session_id)
    back = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    cookie = f"sessionid={ada.page.context.cookies()[0]['value']}"
    (event,) = ada.double.events("checkout.session.completed")

    def come_back(_):
        return "Arrived." in requests.get(back, headers={"Cookie": cookie}, timeout=60).text

    def hear(_):
        delivery = ada.double.sign(event)
        return ada.post(delivery.body, delivery.signature)

    with ThreadPoolExecutor(20) as pool:
        pages, answers = pool.map(come_back, range(10)), pool.map(hear, range(10))
        assert set(answers) == {200} and all(pages)
    ada.news_arrives()
    assert Transfer.objects.filter(kind="topup").count() == 1 and ledger.balance_cents(ada.user) == 1_250


SIZES = [pytest.param({"width": 360, "height": 740}, id="360"), pytest.param({"width": 1280, "height": 720}, id="1280")]


@pytest.mark.parametrize("viewport", SIZES)
def test_what_has_stopped_and_what_moves_is_seen_without_scrolling(teller, viewport):
    ada = teller({"viewport": viewport}, earned=3_000, connected=True).opens("/wallet").leaves_by("Save a card")
    ada.at_stripe("Save card").keeps_filled("50", "40")
    ada.double.next(CHARGES, Fault.DECLINE, decline_code="insufficient_funds")
    ada.bells()
    ada.withdraws("30").opens("/wallet").is_in_good_shape()
    for words in ("Automatic top-up of $50.00 failed.", "to your account at Stripe, asked for"):
        box = ada.page.get_by_text(words).bounding_box()
        assert 0 <= box["y"] <= viewport["height"] - box["height"], words
