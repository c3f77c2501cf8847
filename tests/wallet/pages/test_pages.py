"""The wallet's pages: what people see of their money, and where they go from there."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.test import Client

from accounts.models import Notification
from core.cells import plain
from tests.browsers import signed_in as browser
from tests.stripe_double import Fault
from tests.wallet.stripe_play import balances
from wallet.books import ledger
from wallet.models import PaymentProfile, Topup, Withdrawal

TOKEN = "a-token-of-one-form"


def text_of(response):
    return " ".join(response.content.decode().split())


def onward(response):
    """Where a page goes on to by itself; the link says the same."""
    page = text_of(response)
    (url,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert f'href="{url}"' in page and response.status_code == 200
    return url


def test_paying_leads_over_stripe_back_to_the_money(play, sender):
    client = browser(sender)
    form = {"amount_cents": "12.50", "keep_card": "on", "token": TOKEN}
    url = onward(client.post("/wallet/topups", form))
    assert url.startswith(play.double.url) and onward(client.post("/wallet/topups", form)) == url
    session = play.double.pay(Topup.objects.get().stripe_session_id)
    back = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    page = text_of(client.get(back.removeprefix("http://testserver")))
    assert "Arrived." in page and "$12.50" in page
    assert PaymentProfile.objects.get().has_payment_method


def test_the_way_to_stripe_leaves_the_policy_as_it_is(play, sender):
    response = browser(sender).post("/wallet/topups", {"amount_cents": "10"})
    assert "form-action 'self';" in f"{response['Content-Security-Policy']};"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("typed", ["4.99", "1000.01", "ten", "", "-5"])
def test_a_sum_that_does_not_fit_is_said_at_its_field(typed, play, sender):
    response = browser(sender).post("/wallet/topups", {"amount_cents": typed})
    assert response.status_code == 422 and "errorlist" in text_of(response)
    assert play.double.requests == []


def test_back_before_the_money_the_page_says_that_it_will_come(play, sender):
    topup = play.start(sender)
    play.double.pay_later(topup.stripe_session_id)
    page = text_of(browser(sender).get("/wallet/topups/return", {"session_id": topup.stripe_session_id}))
    assert "Being confirmed." in page and 'content="5"' in page


def test_back_while_stripe_is_away_the_page_says_the_same(play, sender):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    play.double.next("GET /v1/checkout/sessions/*", Fault.ERROR_UNSAVED)
    page = text_of(browser(sender).get("/wallet/topups/return", {"session_id": topup.stripe_session_id}))
    assert "Being confirmed." in page
    play.settle(topup)


def test_the_saved_card_is_offered_changed_and_removed(play, sender):
    client = browser(sender)
    url = onward(client.post("/wallet/card", {"token": TOKEN}))
    session = play.double.pay(url.rpartition("/")[2])
    client.get("/wallet/card/return", {"session_id": session["id"]})
    assert "Change or remove it" in text_of(client.get("/wallet"))
    assert "/portal/" in onward(client.post("/wallet/card/portal"))
    play.double.detach_card(play.double.shelf.all("payment_method")[0])
    client.get("/wallet/card/return")
    assert "None yet." in text_of(client.get("/wallet"))


def test_automatic_topup_is_set_on_the_page(play, sender):
    PaymentProfile.objects.create(user=sender, has_payment_method=True)
    client = browser(sender)
    form = {"enabled": "on", "amount_cents": "20", "threshold_cents": "5"}
    assert client.post("/wallet/auto-topup", form).status_code == 302
    profile = PaymentProfile.objects.get()
    assert (profile.auto_topup_enabled, profile.auto_topup_amount_cents) == (True, 2_000)
    wrong = client.post("/wallet/auto-topup", {**form, "amount_cents": "5"})
    assert wrong.status_code == 422 and "must be more than" in text_of(wrong)


def test_earnings_from_nothing_over_onboarding_to_the_bank(play, agent):
    play.earned(agent)
    client = browser(agent)
    assert "Set up payouts" in text_of(client.get("/wallet/earnings"))
    assert "/onboard/" in onward(client.post("/wallet/payouts", {"country": "US"}))
    page = text_of(client.get("/wallet/payouts/return", follow=True))
    assert "Still missing" in page and "A bank account for your money" in page
    play.double.activate_account(PaymentProfile.objects.get(user=agent).stripe_account_id)
    assert "Payouts are set up." in text_of(client.get("/wallet/payouts/return", follow=True))
    for _ in range(2):
        page = text_of(client.post("/wallet/withdrawals", {"amount_cents": "6", "token": TOKEN}, follow=True))
    assert "On the way." in page and balances(agent) == {"wallet": 400, "transit": 600}
    play.send(Withdrawal.objects.get())
    assert "to your account at Stripe." in text_of(client.get("/wallet/earnings"))


def test_a_link_that_ran_out_is_made_anew_for_whoever_is_logged_in(play, agent, rival):
    play.connected(agent)
    assert "/onboard/" in onward(browser(agent).get("/wallet/payouts"))
    assert browser(rival).get("/wallet/payouts")["Location"] == "/wallet/earnings"


def test_who_owes_or_is_disputed_reads_why_and_what_ends_it(play, sender, agent):
    spent, disputed = play.topped_up(sender), play.topped_up(agent)
    ledger.hold_prize(payer=sender, reference="spent", amount_cents=900, now=play.now)
    play.double.refund(spent.stripe_session_id)
    play.double.dispute(disputed.stripe_session_id)
    play.deliver()
    assert "You owe $9.00." in text_of(browser(sender).get("/wallet"))
    assert "One of your payments is disputed." in text_of(browser(agent).get("/wallet/earnings"))


def test_play_money_shows_no_way_to_pay(sender, settings):
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY = True, ""
    wallet, earnings = (text_of(browser(sender).get(path)) for path in ("/wallet", "/wallet/earnings"))
    assert "Add money" not in wallet and "Play money stays here" in earnings
    assert browser(sender).post("/wallet/topups", {"amount_cents": "10"}).status_code == 503


def test_a_hold_is_shown_only_where_money_can_leave(sender, settings):
    settings.PLAY_MONEY, settings.STRIPE_SECRET_KEY = False, ""
    assert "prizes on hold" in text_of(browser(sender).get("/wallet"))
    settings.PLAY_MONEY = True
    play_money = text_of(browser(sender).get("/wallet"))
    assert "prizes on hold" not in play_money and "play money can't leave the site" in play_money


def test_the_statement_can_be_narrowed(play, sender):
    play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=300, now=play.now)
    client = browser(sender)
    assert "Prize put into escrow" not in text_of(client.get("/wallet?show=added"))
    shown = text_of(client.get("/wallet?show=drops"))
    assert "Prize put into escrow" in shown and "job:drop" not in shown
    assert "No such lines" in text_of(client.get("/wallet?show=prizes"))


def test_the_statement_as_a_file_holds_every_line(play, sender):
    play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=300, now=play.now)
    response = browser(sender).get("/wallet/statement.csv")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert [row[2:4] for row in rows[1:]] == [["-300", "700"], ["1000", "1000"]]
    assert [row[5:] for row in rows] == [["dollars", "balance after, dollars"], ["-3.00", "7.00"], ["10.00", "10.00"]]
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_in_the_file_is_a_formula(text):
    assert plain(text) == f"'{text}" and plain("Prize won") == "Prize won"


@pytest.mark.parametrize("session_id", ["\0", "cs_\0", "a" * 300, "", "cs_nobodys"])
def test_a_made_up_session_is_not_found(session_id, play, sender):
    page = browser(sender).get("/wallet/topups/return", {"session_id": session_id})
    assert page.status_code == 404 and play.double.requests == []


def test_automatic_topup_says_that_it_waits_while_money_is_owed(play, sender):
    play.automatic(sender)
    assert "It waits until" not in text_of(browser(sender).get("/wallet"))
    play.double.dispute(play.topped_up(sender).stripe_session_id)
    play.deliver()
    assert "It waits until" in text_of(browser(sender).get("/wallet"))


def test_a_country_that_stripe_refuses_is_said_at_its_field(play, agent):
    play.double.next("POST /v2/core/accounts", Fault.REFUSED, code="country_unsupported")
    page = browser(agent).post("/wallet/payouts", {"country": "ZZ"})
    assert page.status_code == 400 and "would not set up payouts for ZZ" in text_of(page)
    assert "/onboard/" in onward(browser(agent).post("/wallet/payouts", {"country": "US"}))


def test_every_page_needs_a_login(play):
    for path in ("/wallet", "/wallet/earnings", "/wallet/statement.csv", "/wallet/topups/return", "/wallet/payouts"):
        assert Client().get(path).status_code == 302
    assert not Notification.objects.exists()
