"""A drop that waits for money: paid for at Stripe, opened by what arrives, and by nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from accounts.models import Notification, User
from drops import tasks
from drops.contest import posting
from drops.contest.funding import NothingMissing, fund_drop
from drops.models import Drop
from tests.drops.browsing import text_of
from tests.play import post_drop
from tests.wallet.stripe_play import PAGES, balances
from wallet.books import debts, ledger
from wallet.models import Topup

FORM = {"token": "f" * 24}


@pytest.fixture
def drop(play, sender):
    return post_drop(sender, now=play.now, price_cents=700)


@pytest.fixture
def browser(client, play, sender):
    client.force_login(sender, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def fund(play, drop):
    fund_drop(drop=drop, sender=drop.sender, keep_card=False, now=play.now, **PAGES)
    return Topup.objects.get(reference=drop.reference)


def stands(drop):
    return Drop.objects.get(pk=drop.pk).status


def test_the_shortfall_is_paid_and_the_drop_opens_with_it(
    browser, play, drop, sender, django_capture_on_commit_callbacks
):
    play.topped_up(sender, 500)
    page = text_of(browser.get(f"/drops/{drop.pk}"))
    assert "Missing" in page and "Pay $5.00 and open it" in page and "at least $5.00" in page
    browser.post(f"/drops/{drop.pk}/fund", FORM)
    session = play.double.pay(Topup.objects.get(reference=drop.reference).stripe_session_id)
    back = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]).removeprefix("http://testserver")
    with django_capture_on_commit_callbacks(execute=True):
        page = text_of(browser.get(back))
    assert "Arrived." in page and f'href="/drops/{drop.pk}"' in page
    assert (stands(drop), balances(sender)) == ("open", {"wallet": 300})
    assert Notification.objects.get(kind="drop-opened").href == f"/drops/{drop.pk}"


def test_a_page_of_before_the_change_starts_no_payment(browser, play, drop, sender):
    seen = drop.updated_at.isoformat()
    assert f'name="terms_as_of" value="{seen}"' in browser.get(f"/drops/{drop.pk}").content.decode()
    later = play.now + timedelta(seconds=5)
    posting.change_terms(drop=drop, sender=sender, changes={"price_cents": 5_000}, now=later)
    assert browser.post(f"/drops/{drop.pk}/fund", {**FORM, "terms_as_of": seen}).status_code == 409
    assert not Topup.objects.exists()
    browser.post(f"/drops/{drop.pk}/fund", {**FORM, "terms_as_of": later.isoformat()})
    assert Topup.objects.get().amount_cents == 5_000


def test_two_presses_lead_to_one_page_of_stripes(browser, play, drop):
    urls = [re.search(r'url=([^"]+)"', text_of(browser.post(f"/drops/{drop.pk}/fund", FORM)))[1] for _ in range(2)]
    assert urls[0] == urls[1] and urls[0].startswith(play.double.url) and Topup.objects.count() == 1


def test_what_nobody_heard_of_is_found_by_the_bell(play, drop, sender):
    topup = fund(play, drop)
    play.double.pay(topup.stripe_session_id)
    play.deliver()
    assert stands(drop) == "pending_payment" and balances(sender) == {"wallet": 700}
    assert (tasks.open_funded(), tasks.open_funded()) == (1, 0)
    assert stands(drop) == "open" and ledger.escrow_cents(drop.reference) == 700


def test_until_it_is_confirmed_the_page_says_that_it_will_open(browser, play, drop):
    topup = fund(play, drop)
    play.double.pay_later(topup.stripe_session_id)
    page = text_of(browser.get("/wallet/topups/return", {"session_id": topup.stripe_session_id}))
    assert "Being confirmed." in page and "opens by itself" in page
    page = text_of(browser.get(f"/drops/{drop.pk}"))
    assert "this drop opens by itself; you can close this page" in page and 'content="15"' in page
    assert tasks.open_funded() == 0


def test_a_payment_that_bounced_says_why_and_that_nothing_was_charged(browser, play, drop):
    topup = fund(play, drop)
    play.double.pay_later(topup.stripe_session_id)
    play.double.bounce(topup.stripe_session_id)
    play.deliver()
    page = text_of(browser.get(f"/drops/{drop.pk}"))
    assert "There is not enough money behind the card. You were not charged." in page
    assert stands(drop) == "pending_payment"


def test_money_that_was_not_meant_for_a_drop_opens_none(play, drop, sender):
    play.topped_up(sender, 1_000)
    assert tasks.open_funded() == 0 and stands(drop) == "pending_payment"


def test_money_that_went_elsewhere_leaves_the_drop_waiting(browser, play, drop, sender):
    play.double.pay(fund(play, drop).stripe_session_id)
    play.deliver()
    ledger.hold_prize(payer=sender, reference="elsewhere", amount_cents=600, now=play.now)
    assert tasks.open_funded() == 0 and stands(drop) == "pending_payment"
    assert "still isn't enough" in text_of(browser.get(f"/drops/{drop.pk}"))
    assert balances(sender) == {"wallet": 100}


@pytest.fixture
def missed(play, drop, sender):
    """The drop's money has arrived and been spent elsewhere, and the bell has seen that."""
    play.double.pay(fund(play, drop).stripe_session_id)
    play.deliver()
    ledger.hold_prize(payer=sender, reference="elsewhere", amount_cents=700, now=play.now)
    assert tasks.open_funded() == 0
    return drop


def test_money_for_something_else_opens_no_drop_whose_own_was_spent(browser, play, missed, sender):
    play.wait(hours=3)
    play.topped_up(sender, 700)
    assert tasks.open_funded() == 0 and (stands(missed), balances(sender)) == ("pending_payment", {"wallet": 700})
    assert "no longer opens by itself. You have enough now" in text_of(browser.get(f"/drops/{missed.pk}"))
    browser.post(f"/drops/{missed.pk}/pay")
    assert (stands(missed), balances(sender)) == ("open", {})


def test_what_is_paid_for_it_once_more_opens_it(play, missed, sender):
    fund_drop(drop=missed, sender=sender, keep_card=False, now=play.now, **PAGES)
    play.double.pay(Topup.objects.get(status="pending").stripe_session_id)
    play.deliver()
    assert tasks.open_funded() == 1 and stands(missed) == "open"


def test_money_for_a_drop_that_paid_what_was_owed_is_not_made_up_for_by_other_money(play, drop, sender):
    topup = fund(play, drop)
    debts.take_back(user=sender, amount_cents=1_000, reason="adjust:1", now=play.now, event_at=play.now)
    play.double.shelf.book("refund", "refund", -1_000, "re_by_hand")
    play.double.pay(topup.stripe_session_id)
    play.deliver()
    assert tasks.open_funded() == 0 and balances(sender) == {"debt": -300}
    play.topped_up(sender, 1_000)
    assert tasks.open_funded() == 0 and (stands(drop), balances(sender)) == ("pending_payment", {"wallet": 700})


def test_money_that_is_there_waits_for_its_sender_to_be_in_good_standing(play, drop, sender):
    play.double.pay(fund(play, drop).stripe_session_id)
    play.deliver()
    User.objects.filter(pk=sender.pk).update(suspended_at=play.now, suspended_reason="a mistake")
    assert tasks.open_funded() == 0
    User.objects.filter(pk=sender.pk).update(suspended_at=None, suspended_reason="")
    assert tasks.open_funded() == 1 and stands(drop) == "open"


def test_a_drop_that_was_given_up_stays_so_and_the_money_is_the_senders(browser, play, drop, sender):
    topup = fund(play, drop)
    browser.post(f"/drops/{drop.pk}/cancel", {"step": "abandon"})
    play.double.pay(topup.stripe_session_id)
    play.deliver()
    assert tasks.open_funded() == 0 and stands(drop) == "cancelled" and balances(sender) == {"wallet": 700}


def test_nobody_pays_for_a_drop_of_somebody_else(client, play, drop, rival):
    client.force_login(rival, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(f"/drops/{drop.pk}/fund", FORM).status_code == 404
    assert not Topup.objects.exists() and play.double.requests == []


def test_nothing_is_charged_where_nothing_is_missing(play, drop, sender):
    play.topped_up(sender, 1_000)
    with pytest.raises(NothingMissing):
        fund(play, drop)
    assert Topup.objects.count() == 1


def test_a_drop_made_dearer_while_its_money_comes_stays_unpaid_and_says_so(browser, play, drop, sender):
    topup = fund(play, drop)
    posting.change_terms(drop=drop, sender=sender, changes={"price_cents": 900}, now=play.now)
    play.double.pay(topup.stripe_session_id)
    play.deliver()
    assert tasks.open_funded() == 0
    assert (stands(drop), balances(sender)) == ("pending_payment", {"wallet": 700})
    assert "still" in text_of(browser.get(f"/drops/{drop.pk}"))


def test_a_drop_made_cheaper_while_its_money_comes_opens_at_what_it_costs_now(play, drop, sender):
    topup = fund(play, drop)
    posting.change_terms(drop=drop, sender=sender, changes={"price_cents": 300}, now=play.now)
    play.double.pay(topup.stripe_session_id)
    play.deliver()
    assert tasks.open_funded() == 1
    assert (stands(drop), balances(sender), ledger.escrow_cents(drop.reference)) == ("open", {"wallet": 400}, 300)


def test_who_edits_while_money_comes_is_told_that_it_opens_the_drop(browser, play, drop):
    topup = fund(play, drop)
    play.double.pay_later(topup.stripe_session_id)
    browser.get("/wallet/topups/return", {"session_id": topup.stripe_session_id})
    assert "the drop opens on the terms as they are then" in text_of(browser.get(f"/drops/{drop.pk}/edit"))
