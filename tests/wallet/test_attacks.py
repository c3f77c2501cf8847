"""Attacks with money that is not one's own, not there any more, or not asked for."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Notification
from tests.browsers import signed_in
from tests.play import make_user
from tests.stripe_double import Fault
from tests.wallet.stripe_play import balances
from wallet import rate_limit, tasks
from wallet.books import invariants, ledger
from wallet.models import PaymentProfile, StripeEvent, Topup, Transfer, Withdrawal
from wallet.money_in import auto_topups, cards, topups
from wallet.rate_limit import PAGES_MAX, TooManyPages
from wallet.real_money import NotRealMoney

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FORMS = {
    "topup": {"amount_cents": "10"},
    "auto_topup": {"enabled": "on", "amount_cents": "20", "threshold_cents": "5"},
    "card_setup": {},
    "card_portal": {},
    "withdraw": {"amount_cents": "6"},
    "payouts": {"country": "US"},
}


@pytest.fixture
def asked(play, agent):
    """A withdrawal of $6.00 out of $10.00 earned that waits for its bell; the agent's top-up `asked.topup` is spent."""
    topup = play.topped_up(agent)
    ledger.hold_prize(payer=agent, reference="spent", amount_cents=1_000, now=play.now)
    play.earned(agent)
    play.connected(agent)
    row = play.withdrawal(agent)
    row.topup = topup
    return row


def sent(play):
    return play.double.calls("POST /v1/transfers")


def test_money_that_is_disputed_before_it_was_sent_is_not_sent(play, asked, agent):
    play.double.dispute(asked.topup.stripe_session_id)
    play.deliver()
    row = play.send(asked)
    assert (row.status, row.failure_code, sent(play)) == ("failed", "account_frozen", [])
    tasks.send_outbound()
    assert balances(agent) == {}
    assert "frozen before the money was sent" in Notification.objects.get(subject="Withdrawal failed").text


def test_money_that_is_refunded_before_it_was_sent_pays_what_is_owed(play, asked, agent):
    play.double.refund(asked.topup.stripe_session_id)
    play.deliver()
    assert balances(agent) == {"transit": 600, "debt": -600}
    tasks.send_outbound()
    tasks.send_outbound()
    assert balances(agent) == {} and sent(play) == []


def test_who_is_suspended_is_sent_nothing_more(play, asked, agent):
    type(agent).objects.filter(pk=agent.pk).update(suspended_at=play.now, suspended_reason="Fraud.")
    assert play.send(asked).failure_code == "account_frozen"
    assert balances(agent) == {"wallet": 1_000} and sent(play) == []


def test_what_was_sent_and_not_answered_is_followed_up_though_its_owner_is_frozen(play, asked, agent):
    play.double.next("POST /v1/transfers", Fault.DROP_AFTER_EFFECT)
    play.send(asked)
    play.double.dispute(asked.topup.stripe_session_id)
    play.deliver()
    play.wait(minutes=5)
    assert play.send(asked).is_completed and balances(agent) == {"debt": -600}


def test_a_charge_that_waited_is_not_made_once_automatic_topup_is_off(play, sender):
    play.automatic(sender)
    play.double.next("GET /v1/customers/*", Fault.RATE_LIMITED)
    row = play.charge(play.begin_auto(sender))
    assert row.is_in_flight
    auto_topups.set_auto_topup(user=sender, enabled=False)
    play.wait(hours=1)
    row = play.charge(row)
    assert (row.status, row.error_code) == ("failed", "turned_off")
    assert play.double.calls("POST /v1/payment_intents") == [] and balances(sender) == {}


def test_a_payment_link_with_somebodys_topup_in_its_address_is_none_of_ours(play, sender):
    topup = play.start(sender)
    foreign = play.double.shelf.get(play.start(sender).stripe_session_id, "checkout.session")
    foreign.update(client_reference_id=str(topup.pk), metadata={})
    play.double.pay(foreign)
    assert topups.settle_topup(session_id=foreign["id"], now=play.now) is None
    topup.refresh_from_db()
    assert topup.is_in_flight and balances(sender) == {}
    play.difference_cents = 1_000 - 59


def test_a_user_gets_so_many_payment_pages_an_hour(play, sender):
    for _ in range(PAGES_MAX):
        rate_limit.require_within_rate_limit(sender, play.now)
    for verb, more in [(topups.start_topup, {"amount_cents": 1_000, "keep_card": False}), (cards.start_card_setup, {})]:
        with pytest.raises(TooManyPages) as refused:
            verb(user=sender, success_url="https://clorp.test", cancel_url="https://clorp.test", now=play.now, **more)
    assert refused.value.retry_at == play.wait(hours=1)
    assert play.double.requests == [] and not Topup.objects.exists()
    play.start(sender)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_from_another_site_moves_nothing(name, play, asked, agent):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(agent, backend=BACKEND)
    before = (Topup.objects.count(), Withdrawal.objects.count(), Transfer.objects.count(), len(play.double.requests))
    assert browser.post(reverse(name), FORMS[name]).status_code == 403
    after = (Topup.objects.count(), Withdrawal.objects.count(), Transfer.objects.count(), len(play.double.requests))
    assert after == before and not PaymentProfile.objects.get(user=agent).auto_topup_enabled


@pytest.mark.parametrize("name", ["auto_topup", "card_setup", "card_portal", "withdraw"])
def test_a_link_does_nothing_of_what_a_button_does(name, play, asked, client, agent):
    client.force_login(agent, backend=BACKEND)
    assert client.get(reverse(name), FORMS[name]).status_code == 405


@pytest.mark.parametrize("field", ["success_url", "cancel_url", "return_url", "refresh_url", "next"])
def test_nobody_chooses_where_stripe_sends_people_back_to(field, play, agent):
    client = signed_in(agent)
    for name in ("topup", "card_setup", "payouts"):
        assert (
            client.post(f"{reverse(name)}?{field}=//evil.test", {**FORMS[name], field: "//evil.test"}).status_code
            == 200
        )
    requests = repr([(seen.route, seen.params) for seen in play.double.requests])
    assert "http://testserver/wallet" in requests and "evil.test" not in requests


def test_a_made_up_host_is_refused(play, sender, client):
    client.force_login(sender, backend=BACKEND)
    assert client.post("/wallet/topups", {"amount_cents": "10"}, headers={"host": "evil.test"}).status_code == 400
    assert play.double.requests == []


@pytest.mark.parametrize("kind", ["customer.deleted", "checkout.session.completed", "payment_method.detached"])
def test_what_happens_on_an_account_of_somebody_elses_is_not_taken_for_ours(kind, play, sender):
    play.automatic(sender)
    play.deliver()
    play.double.requests.clear()
    customer = PaymentProfile.objects.get().stripe_customer_id
    play.double.shelf.tell(kind, {"id": customer, "object": "customer", "customer": None}, account="acct_of_a_rival")
    play.deliver()
    assert StripeEvent.objects.get(type=kind).status == "ignored" and play.double.requests == []
    assert PaymentProfile.objects.get().auto_topup_enabled


@pytest.mark.parametrize("origin", ["play money", "a sandbox"])
def test_what_was_not_real_money_is_not_paid_out_once_the_key_is_live(origin, play, funded, agent, settings):
    play.connected(agent)
    play.earned(agent)
    if origin == "play money":
        funded(make_user("rival"), 1_000)
    row = play.withdrawal(agent)
    play.deliver()
    StripeEvent.objects.update(livemode=origin == "play money")
    settings.STRIPE_SECRET_KEY = play.double.api_key = "sk_live_the_till_is_open"
    for refused in (lambda: play.withdrawal(agent, 500), lambda: play.send(row)):
        with pytest.raises(NotRealMoney):
            refused()
    assert sent(play) == [] and balances(agent) == {"wallet": 400, "transit": 600}
    assert "I17" in [alarm.name for alarm in invariants.alarms()]


STRAYS = [
    ("checkout.session.completed", "checkout.session", "cs_stray"),
    ("payment_intent.succeeded", "payment_intent", "pi_stray"),
    ("refund.created", "refund", "re_stray"),
    ("charge.dispute.created", "dispute", "du_stray"),
    ("transfer.reversed", "transfer", "tr_stray"),
    ("account.updated", "account", "acct_stray"),
    ("customer.deleted", "customer", "cus_stray"),
    ("payout.failed", "payout", "po_stray"),
    ("account.application.deauthorized", "application", "ca_stray"),
]


@pytest.mark.parametrize("stray", STRAYS, ids=lambda stray: stray[0])
def test_an_event_about_what_we_never_made_moves_nothing(stray, play, asked, agent):
    kind, thing, name = stray
    before = Transfer.objects.count()
    play.double.shelf.tell(kind, {"id": name, "object": thing}, account="acct_of_nobody")
    play.double.deliver(play.post, play.double.events(kind)[-1:])
    play.process(StripeEvent.objects.get().pk)
    assert Transfer.objects.count() == before and balances(agent) == {"wallet": 400, "transit": 600}
    assert PaymentProfile.objects.get(user=agent).takes_payouts
    StripeEvent.objects.update(status="ignored", next_attempt_at=None, processed_at=play.now)
