"""Refunds, disputes, events and the balance, through the real SDK."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.wallet.gateway.conftest import NOON


@pytest.fixture
def paid(gate, stripe, top_up):
    """A settled top-up of 5000 cents, of which Stripe kept 175."""
    session = top_up(5000)
    stripe.pay(session)
    return gate.get_session(session.id)


def test_refunds_are_told_apart_and_a_failed_one_says_so(gate, stripe, paid):
    first, second = stripe.refund(paid, 1000), stripe.refund(paid, 500)
    stripe.fail_refund(first)
    seen = gate.list_refunds(charge=paid.charge.id)
    assert [(one.id, one.amount_cents, one.status) for one in seen] == [
        (second["id"], 500, "succeeded"),
        (first["id"], 1000, "failed"),
    ]
    assert (seen[0].charge, seen[0].payment_id) == (paid.charge.id, paid.payment_id)
    assert gate.get_refund(first["id"]) == seen[1]


def test_a_dispute_takes_the_money_and_a_fee_and_may_give_it_back(gate, stripe, paid):
    made = stripe.dispute(paid)
    lost = gate.get_dispute(made["id"])
    assert (lost.amount_cents, lost.fee_cents, lost.funds_withdrawn, lost.funds_reinstated) == (5000, 1500, True, False)
    assert (lost.charge, lost.payment_id, lost.fee_txn[:4]) == (paid.charge.id, paid.payment_id, "txn_")
    stripe.win(made, fee_returned=1500)
    won = gate.get_dispute(made["id"])
    assert (won.status, won.funds_reinstated, won.fee_cents, won.fee_returned_cents) == ("won", True, 1500, 1500)


def test_an_inquiry_takes_nothing_until_it_escalates(gate, stripe, paid):
    made = stripe.dispute(paid, inquiry=True)
    asked = gate.get_dispute(made["id"])
    assert (asked.status, asked.funds_withdrawn, asked.fee_cents, asked.fee_txn) == (
        "warning_needs_response",
        False,
        0,
        None,
    )
    stripe.escalate(made)
    assert gate.get_dispute(made["id"]).funds_withdrawn


def test_every_cent_of_the_balance_is_in_its_transactions(gate, stripe, paid, send):
    stripe.fail_refund(stripe.refund(paid, 1000))
    stripe.lose(stripe.dispute(paid, 2000))
    stripe.reverse(send(700), 300)
    book = list(gate.list_balance_transactions(created_after=NOON - timedelta(days=1)))
    assert all(line.net_cents == line.amount_cents - line.fee_cents for line in book)
    assert sum(line.net_cents for line in book) == gate.get_balance_cents() == 4825 - 3500 - 400
    assert [line.reporting_category for line in reversed(book)] == [
        "charge",
        "refund",
        "refund_failure",
        "dispute",
        "transfer",
        "transfer_reversal",
    ]


def test_the_balance_counts_what_is_pending(gate, stripe, top_up):
    stripe.hold_funds()
    stripe.pay(top_up(5000))
    assert gate.get_balance_cents() == 4825


def test_old_lines_are_left_out(gate, stripe, paid):
    stripe.at(NOON + timedelta(hours=2))
    stripe.refund(paid, 100)
    (line,) = gate.list_balance_transactions(created_after=NOON + timedelta(hours=1))
    assert (line.type, line.amount_cents, line.created) == ("refund", -100, NOON + timedelta(hours=2))


def test_the_books_are_read_beyond_the_first_page(gate, stripe, paid):
    for _ in range(205):
        stripe.shelf.book("stripe_fee", "fee", -1, "fee_x")
    book = list(gate.list_balance_transactions(created_after=NOON))
    assert len({line.id for line in book}) == len(book) == 206


def test_only_what_did_not_arrive_is_listed_where_asked(gate, stripe, paid):
    stripe.deliver(lambda body, signature: 200)
    stripe.refund(paid, 100)
    stripe.deliver(lambda body, signature: 500, stripe.events("charge.refunded"))
    missed = gate.list_events(created_after=NOON - timedelta(days=1), undelivered_only=True)
    assert [event.type for event in missed] == ["charge.refunded", "refund.created"]
    everything = gate.list_events(created_after=NOON - timedelta(days=1), undelivered_only=False)
    assert "checkout.session.completed" in [event.type for event in everything]


def test_events_of_accounts_are_listed_too_and_paged(gate, stripe, account):
    for _ in range(60):
        stripe.restrict_account(account)
    events = list(gate.list_account_events(created_after=NOON))
    assert len({event.id for event in events}) == 122
    assert {event.object_id for event in events} == {account}
