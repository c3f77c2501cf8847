"""Rows 26 to 29: what may go wrong around the money: two at once, a bell or a database away, forgeries."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client

from tests.wallet.stripe_play import balances, sees
from wallet import tasks
from wallet.books import ledger
from wallet.books.ledger import AlreadySettled
from wallet.models import StripeEvent, Transfer
from wallet.stripe_events.inbox import fetch_missed_events


def post(body, signature):
    headers = {"Stripe-Signature": signature}
    return Client().post("/api/stripe/webhook", body, content_type="application/json", headers=headers).status_code


def test_row_26_a_drop_is_paid_out_or_refunded_never_both(play, sender, agent):
    play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=600, now=play.now)
    pay = {"reference": "drop", "payee": agent, "fee_cents": 0, "now": play.now}
    assert ledger.pay_prize(**pay).pk == ledger.pay_prize(**pay).pk
    with pytest.raises(AlreadySettled):
        ledger.refund_hold(reference="drop", payer=sender, now=play.now)
    assert (balances(sender), balances(agent)) == ({"wallet": 400}, {"wallet": 600})
    assert "Prize put into escrow" in sees(sender) and "Prize back" not in sees(sender)
    assert sees(agent).count("Prize won") == 1


def test_row_27_what_no_bell_rang_for_is_found_by_the_next_one(play, sender, agent):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    play.earned(agent)
    play.connected(agent)
    play.withdrawal(agent)
    assert set(play.double.deliver(post)) == {200}
    assert balances(sender) == {} and StripeEvent.objects.unprocessed().exists()
    assert "If you have paid, it will appear by itself." in sees(sender)
    tasks.send_outbound()
    assert (balances(sender), balances(agent)) == ({"wallet": 1_000}, {"wallet": 400})
    assert "Arrived." in sees(sender) and "Sent to your" in sees(agent, "/wallet/earnings")


def test_row_28_with_the_database_away_stripe_is_told_to_come_again(play, sender, monkeypatch):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    with monkeypatch.context() as away:
        away.setattr(StripeEvent.objects, "bulk_create", lambda *_, **__: (_ for _ in ()).throw(OperationalError()))
        client = Client(raise_request_exception=False)
        delivery = play.double.sign(play.double.events()[-1])
        headers = {"Stripe-Signature": delivery.signature}
        answer = client.post("/api/stripe/webhook", delivery.body, content_type="application/json", headers=headers)
    assert answer.status_code == 503 and not StripeEvent.objects.exists() and balances(sender) == {}
    assert "If you have paid, it will appear by itself." in sees(sender)
    assert fetch_missed_events(now=play.now) > 0
    tasks.send_outbound()
    assert balances(sender) == {"wallet": 1_000} and "Arrived." in sees(sender)


@pytest.mark.parametrize("how", ["forged", "stale", "tampered", "other mode", "unsigned", "no event"])
def test_row_29_a_webhook_that_is_not_stripes_is_refused_and_not_stored(how, play, sender):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    event = play.double.events("checkout.session.completed")[0]
    deliveries = {
        "forged": lambda: play.double.sign(event, secret="whsec_of_somebody_else"),
        "stale": lambda: play.double.sign(event, age_seconds=301),
        "tampered": lambda: play.double.sign(event).tampered(),
        "other mode": lambda: play.double.sign(event, livemode=True),
        "unsigned": lambda: play.double.sign(event),
        "no event": lambda: play.double.sign(event),
    }
    delivery = deliveries[how]()
    body = b"[]" if how == "no event" else delivery.body
    assert post(body, "" if how == "unsigned" else delivery.signature) == 400
    assert not StripeEvent.objects.exists() and not Transfer.objects.exists()
    assert topup.is_in_flight and "Not paid yet" in sees(sender)
    play.settle(topup)


def test_row_29_either_secret_and_an_older_one_are_good_while_they_are_set(play, settings):
    settings.STRIPE_WEBHOOK_SECRET = f"whsec_new,{settings.STRIPE_WEBHOOK_SECRET}"
    play.double.delete_customer(play.double.shelf.put("cus", "customer"))
    assert play.double.deliver(post) == [200]
    assert play.process(StripeEvent.objects.get().pk).status == "processed"
