"""Buyers and banks: what they do shows in objects, balance and events alike."""

from __future__ import annotations

import pytest

COMPLETED = "checkout.session.completed"


def kinds(double, **which):
    return [event["type"] for event in double.events(**which)]


def test_one_payment_tells_of_itself_three_times(stripe_double, session):
    stripe_double.pay(session)
    assert kinds(stripe_double)[-3:] == ["charge.succeeded", "payment_intent.succeeded", COMPLETED]


def test_an_event_keeps_the_object_as_it_was(client, stripe_double, session):
    stripe_double.pay_later(session)
    stripe_double.clear(session)
    (completed,) = stripe_double.events(COMPLETED)
    assert completed["data"]["object"]["payment_status"] == "unpaid"
    assert client.v1.checkout.sessions.retrieve(session).payment_status == "paid"


@pytest.mark.parametrize(("act", "last"), [("clear", "async_payment_succeeded"), ("bounce", "async_payment_failed")])
def test_money_that_takes_days_arrives_or_does_not(client, stripe_double, session, act, last):
    stripe_double.pay_later(session)
    assert client.v1.balance.retrieve().available[0].amount == 0
    getattr(stripe_double, act)(session)
    assert kinds(stripe_double)[-1] == f"checkout.session.{last}"
    assert client.v1.balance.retrieve().available[0].amount == (4825 if act == "clear" else 0)


@pytest.mark.parametrize("before", ["pay", "expire", "pay_later"])
def test_nobody_can_pay_a_session_that_is_over(stripe_double, session, before):
    getattr(stripe_double, before)(session)
    with pytest.raises(AssertionError):
        stripe_double.pay(session)
    assert len(stripe_double.events("charge.succeeded")) == (before == "pay")


def test_a_declined_buyer_can_try_another_card(client, stripe_double, session):
    stripe_double.decline(session)
    stripe_double.pay(session)
    seen = client.v1.checkout.sessions.retrieve(session, {"expand": ["payment_intent"]})
    assert (seen.status, seen.payment_intent.status, seen.payment_intent.last_payment_error) == (
        "complete",
        "succeeded",
        None,
    )
    assert len(client.v1.payment_intents.list().data) == 1


def test_no_more_is_refunded_than_was_paid(stripe_double, session):
    stripe_double.pay(session)
    stripe_double.refund(session, 3000)
    with pytest.raises(AssertionError):
        stripe_double.refund(session, 2001)
    assert stripe_double.charge_of(session)["amount_refunded"] == 3000


def test_a_closed_inquiry_never_touched_the_balance(client, stripe_double, session):
    stripe_double.pay(session)
    stripe_double.drop_inquiry(stripe_double.dispute(session, inquiry=True))
    assert client.v1.balance.retrieve().available[0].amount == 4825
    assert kinds(stripe_double)[-2:] == ["charge.dispute.created", "charge.dispute.closed"]


def test_an_account_that_cuts_us_off_tells_us_and_gets_nothing(stripe_double, account):
    event = stripe_double.deauthorize(account)
    assert (event["type"], event["account"]) == ("account.application.deauthorized", account)
    assert stripe_double.shelf.things[account]["closed"]


def test_payouts_of_an_agent_are_told_but_are_none_of_our_balance(client, stripe_double, account):
    stripe_double.pay_out(account)
    stripe_double.fail_payout(account)
    assert kinds(stripe_double)[-2:] == ["payout.paid", "payout.failed"]
    assert client.v1.balance_transactions.list().data == []


def test_deliveries_can_be_doubled_turned_around_and_repeated_later(stripe_double, session):
    arrived = []

    def post(body, signature):
        arrived.append(body)
        return 200

    stripe_double.pay(session)
    events = stripe_double.events()
    assert stripe_double.deliver(post, times=2, backwards=True) == [200] * 2 * len(events)
    assert [event["id"].encode() in body for event, body in zip(reversed(events), arrived[::2], strict=True)]
    assert stripe_double.deliver(post) == []
    assert stripe_double.deliver(post, events[-1:], thin=True) == [200]
    assert b'"v2.core.event"' in arrived[-1]


def test_what_was_not_taken_is_delivered_again(stripe_double, session):
    stripe_double.pay(session)
    refused = stripe_double.deliver(lambda body, signature: 503)
    assert stripe_double.deliver(lambda body, signature: 200) == [200] * len(refused)


def test_thin_twins_are_no_deliveries_of_their_own(stripe_double, customer):
    (event,) = stripe_double.events("customer.created")
    assert stripe_double.sign(event, thin=True).event_id == stripe_double.sign(event, thin=True).event_id
    assert stripe_double.undelivered() == [event]
