"""Idempotency as Stripe does it: what is replayed, what is not, and who is first."""

from __future__ import annotations

import threading

import pytest
from stripe import APIError, IdempotencyError, InvalidRequestError, RateLimitError

from tests.stripe_double import Fault

TRANSFER = "POST /v1/transfers"
KEY = {"idempotency_key": "withdrawal:1:1"}


@pytest.fixture
def wanted(account):
    return {"amount": 1000, "currency": "usd", "destination": account}


def test_the_first_answer_comes_again_and_nothing_happens_twice(client, stripe_double, wanted):
    first, second = (client.v1.transfers.create(wanted, KEY) for _ in range(2))
    assert first.id == second.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(stripe_double.events("transfer.created")) == 1


def test_other_parameters_under_a_key_are_an_error_of_their_own(client, wanted):
    client.v1.transfers.create(wanted, KEY)
    with pytest.raises(IdempotencyError):
        client.v1.transfers.create({**wanted, "amount": 2000}, KEY)


@pytest.mark.parametrize("fault", [Fault.BALANCE_INSUFFICIENT, Fault.ERROR_SAVED])
def test_failures_of_the_work_are_saved(client, stripe_double, wanted, fault):
    stripe_double.next(TRANSFER, fault)
    for _ in range(3):
        with pytest.raises((InvalidRequestError, APIError)):
            client.v1.transfers.create(wanted, KEY)
    assert client.v1.transfers.create(wanted, {"idempotency_key": "withdrawal:1:2"}).amount == 1000


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.ERROR_UNSAVED])
def test_what_comes_before_the_work_is_not_saved(client, stripe_double, wanted, fault):
    stripe_double.next(TRANSFER, fault)
    with pytest.raises((RateLimitError, APIError)):
        client.v1.transfers.create(wanted, KEY)
    assert client.v1.transfers.create(wanted, KEY).amount == 1000


def test_a_mistake_in_the_parameters_leaves_the_key_free(client, wanted):
    with pytest.raises(InvalidRequestError):
        client.v1.transfers.create({**wanted, "colour": "red"}, KEY)
    assert client.v1.transfers.create(wanted, KEY).amount == 1000


def test_v2_tries_failed_work_anew(client, stripe_double):
    stripe_double.next("POST /v2/core/accounts", Fault.ERROR_SAVED)
    with pytest.raises(APIError):
        client.v2.core.accounts.create({"contact_email": "a@example.com"}, KEY)
    made = client.v2.core.accounts.create({"contact_email": "a@example.com"}, KEY)
    assert client.v2.core.accounts.create({"contact_email": "a@example.com"}, KEY).id == made.id


@pytest.mark.parametrize("after_effect", [True, False])
def test_a_key_in_use_is_a_conflict_until_the_first_is_done(client, stripe_double, wanted, after_effect):
    gate = stripe_double.pause(TRANSFER, after_effect=after_effect)
    first = threading.Thread(target=client.v1.transfers.create, args=(wanted, KEY))
    first.start()
    assert gate.reached.wait(10)
    if not after_effect:
        with pytest.raises(APIError) as conflict:
            client.v1.transfers.create(wanted, KEY)
        assert (conflict.value.http_status, conflict.value.error.code) == (409, "idempotency_key_in_use")
    assert len(stripe_double.events("transfer.created")) == after_effect
    gate.open()
    first.join()
    assert client.v1.transfers.create(wanted, KEY).last_response.headers["Idempotent-Replayed"] == "true"


def test_a_day_later_a_key_is_forgotten(client, stripe_double, wanted):
    first = client.v1.transfers.create(wanted, KEY)
    stripe_double.keys.forget()
    assert client.v1.transfers.create(wanted, KEY).id != first.id
