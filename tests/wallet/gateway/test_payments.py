"""Customers, Checkout, cards and charging them, through the real SDK."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.wallet.gateway.conftest import NOON
from wallet.gateway import Declined

CREATE_SESSION = "POST /v1/checkout/sessions"


def test_an_open_session_has_a_page_and_no_payment(top_up, customer):
    session = top_up(5000)
    assert session.url.startswith("http")
    assert (session.mode, session.status, session.payment_status) == ("payment", "open", "unpaid")
    assert (session.amount_cents, session.currency, session.customer) == (5000, "usd", customer)
    assert session.client_reference_id == session.topup_id
    assert (session.payment_id, session.charge, session.payment_method, session.livemode) == (None, None, None, False)


def test_a_paid_session_names_its_payment_and_what_stripe_kept(gate, stripe, top_up):
    session = top_up(5000)
    stripe.pay(session)
    paid = gate.get_session(session.id)
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (paid.charge.payment_id, paid.charge.fee_cents) == (paid.payment_id, 175)
    assert paid.charge.fee_txn.startswith("txn_")
    assert paid.charge.created == NOON


@pytest.mark.parametrize(
    ("act", "status", "payment_status"),
    [("decline", "open", "unpaid"), ("expire", "expired", "unpaid"), ("pay_later", "complete", "unpaid")],
)
def test_a_session_without_money_has_no_charge(gate, stripe, top_up, *, act, status, payment_status):
    session = top_up()
    getattr(stripe, act)(session)
    seen = gate.get_session(session.id)
    assert (seen.status, seen.payment_status, seen.charge) == (status, payment_status, None)


@pytest.mark.parametrize("keep", [True, False])
def test_a_card_is_kept_only_where_the_buyer_asked_for_it(gate, stripe, top_up, customer, keep):
    session = top_up(keep_card=keep)
    stripe.pay(session)
    kept = gate.default_payment_method(customer, now=NOON)
    assert kept == (gate.get_session(session.id).payment_method if keep else None)


def test_every_request_that_makes_something_carries_its_callers_key(stripe, top_up):
    top_up(key="topup:one")
    assert [seen.key for seen in stripe.calls(CREATE_SESSION)] == ["topup:one"]
    assert {seen.path: bool(seen.key) for seen in stripe.requests if seen.method == "POST"} == {
        "/v1/customers": True,
        "/v1/checkout/sessions": True,
    }


def test_checkout_is_told_where_to_lead_and_when_to_end(stripe, top_up):
    session = top_up()
    kept = stripe.shelf.things[session.id]
    assert kept["expires_at"] == (NOON + timedelta(hours=1)).timestamp()
    assert kept["success_url"] == "https://clorp.example/wallet/done?session={CHECKOUT_SESSION_ID}"
    assert kept["cancel_url"] == "https://clorp.example/wallet/"


def test_a_charge_says_that_nobody_is_there(gate, stripe, customer):
    card = stripe.save_card(customer)
    gate.charge_off_session(topup_id=uuid4(), customer=customer, payment_method=card, amount_cents=900, key="a:1:1")
    (seen,) = stripe.calls("POST /v1/payment_intents")
    assert (seen.params["off_session"], seen.params["confirm"], seen.key) == ("true", "true", "a:1:1")


def test_a_setup_session_saves_a_card_and_takes_no_money(gate, stripe, customer):
    user = uuid4()
    session = gate.create_setup_session(
        user_id=user,
        customer=customer,
        success_url="https://x.example/s",
        cancel_url="https://x.example/c",
        key="setup:1",
    )
    stripe.pay(session)
    saved = gate.get_session(session.id)
    assert (saved.mode, saved.payment_status, saved.client_reference_id) == ("setup", "no_payment_required", str(user))
    assert saved.payment_method == gate.default_payment_method(customer, now=NOON)
    assert [stripe.shelf.things[session.id][name] for name in ("success_url", "cancel_url")] == [
        "https://x.example/s",
        "https://x.example/c",
    ]
    assert gate.get_balance_cents() == 0


def test_the_default_card_is_the_chosen_one_else_the_newest(gate, stripe, customer):
    first, second = stripe.save_card(customer), stripe.save_card(customer)
    stripe.shelf.things[second]["created"] += 60
    assert gate.default_payment_method(customer, now=NOON) == second
    stripe.choose_card(customer, first)
    assert gate.default_payment_method(customer, now=NOON) == first
    stripe.detach_card(first)
    assert gate.default_payment_method(customer, now=NOON) == second


def test_a_customer_who_was_deleted_or_never_was_has_no_card(gate, stripe, customer):
    stripe.save_card(customer)
    stripe.delete_customer(customer)
    assert gate.default_payment_method(customer, now=NOON) is None
    assert gate.default_payment_method("cus_unknown", now=NOON) is None


def test_a_saved_card_is_charged_and_found_again_by_its_topup(gate, stripe, customer):
    topup, card = uuid4(), stripe.save_card(customer)
    paid = gate.charge_off_session(
        topup_id=topup, customer=customer, payment_method=card, amount_cents=2000, key="autotopup:1:1"
    )
    assert (paid.status, paid.amount_cents, paid.topup_id, paid.charge.fee_cents) == ("succeeded", 2000, str(topup), 88)
    assert gate.get_payment(paid.id) == paid
    assert gate.find_payments(customer=customer, topup_id=topup) == [paid]
    assert gate.find_payments(customer=customer, topup_id=uuid4()) == []


def test_payments_are_found_beyond_the_first_page(gate, stripe, customer):
    topup, card = uuid4(), stripe.save_card(customer)
    first = gate.charge_off_session(
        topup_id=topup, customer=customer, payment_method=card, amount_cents=100, key="autotopup:1:1"
    )
    for _ in range(101):
        intent = {**stripe.shelf.things[first.id], "metadata": {}}
        stripe.shelf.put("pi", "payment_intent", **{k: v for k, v in intent.items() if k not in ("id", "object")})
    assert gate.find_payments(customer=customer, topup_id=topup) == [first]


@pytest.mark.parametrize(
    ("word", "code", "asks"),
    [
        ("insufficient_funds", "card_declined", False),
        ("authentication_required", "authentication_required", True),
    ],
)
def test_a_declined_card_leaves_an_unpaid_payment_and_says_why(gate, stripe, customer, *, word, code, asks):
    card = stripe.save_card(customer, declines_with=word)
    with pytest.raises(Declined) as refused:
        gate.charge_off_session(topup_id=uuid4(), customer=customer, payment_method=card, amount_cents=900, key="a:1:1")
    no = refused.value
    assert (no.code, no.decline_code, no.needs_authentication) == (code, word, asks)
    left = gate.get_payment(no.payment_id)
    assert (left.status, left.charge, left.error_code) == ("requires_payment_method", None, word)
    assert gate.get_balance_cents() == 0


def test_the_portal_is_a_link_for_one_customer(gate, customer):
    assert gate.create_portal_url(customer=customer, return_url="https://x.example").startswith("http")
