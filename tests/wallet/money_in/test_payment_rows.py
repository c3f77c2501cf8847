"""Top-ups, withdrawals and queued rows hold together, by the tables' own rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.wallet.rows import topup
from wallet.books.ledger import violated_constraint
from wallet.models import StripeEvent, Topup, Withdrawal

AUTO = {"source": "auto", "stripe_session_id": None}


def refused(constraint, make):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make()
    assert violated_constraint(caught.value) == constraint


@pytest.mark.parametrize("status", ["pending", "unknown"])
def test_one_automatic_topup_is_in_flight_at_a_time(status, sender, agent, now):
    topup(sender, now, **AUTO, status=status)
    refused("topup_one_automatic_in_flight", lambda: topup(sender, now, **AUTO))
    topup(sender, now)
    topup(agent, now, **AUTO)
    assert Topup.objects.count() == 3


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "succeeded"},
        {"status": "failed"},
        {"status": "quarantined"},
        {"status": "no_such"},
        {"status": "pending", "settled_at": True},
        {"status": "succeeded", "settled_at": True, **AUTO},
    ],
)
def test_an_outcome_is_whole(fields, sender, now):
    fields = {**fields, **({"settled_at": now} if "settled_at" in fields else {})}
    refused("topup_outcome_is_whole", lambda: topup(sender, now, **fields))


def test_a_session_and_a_payment_belong_to_one_topup(sender, agent, now):
    ids = {"stripe_session_id": "cs_1", "stripe_payment_intent_id": "pi_1"}
    topup(sender, now, **ids)
    refused("topup_stripe_session_id_key", lambda: topup(agent, now, stripe_session_id="cs_1"))
    refused("topup_stripe_payment_intent_id_key", lambda: topup(agent, now, stripe_payment_intent_id="pi_1"))


def test_no_more_comes_back_than_was_sent(sender, now):
    sent = {"status": "completed", "stripe_transfer_id": "tr_1", "amount_cents": 500, "reversed_cents": 501}
    refused(
        "withdrawal_reversed_within_amount",
        lambda: Withdrawal.objects.create(user=sender, idempotency_key="w", created_at=now, **sent),
    )


def test_an_event_that_waits_says_until_when(db, now):
    event = {"type": "x", "livemode": False, "payload": {}, "created": now, "received_at": now}
    refused("stripe_event_status_is_whole", lambda: StripeEvent.objects.create(id="evt_1", **event))


def test_a_due_row_is_taken_once_until_its_lease_is_over(sender, now):
    row = topup(sender, now, next_attempt_at=now)
    held = Topup.objects.take(row.pk, now)
    assert held.pk == row.pk and Topup.objects.take(row.pk, now) is None
    later = now + timedelta(minutes=6)
    again = Topup.objects.take(row.pk, later)
    assert not held.put_back(None) and again.put_back(later + timedelta(seconds=1))
    assert Topup.objects.take(row.pk, later) is None
