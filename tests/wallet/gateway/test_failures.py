"""Every bad end of a call is one of four, and each says truly whether something happened."""

from __future__ import annotations

import logging
import threading
import traceback
from uuid import uuid4

import pytest
import stripe as sdk

from tests.stripe_double import Fault
from wallet import gateway
from wallet.gateway import (
    ApiKeyRejected,
    Declined,
    IdempotencyMismatch,
    NotConfigured,
    OutcomeUnknown,
    RejectedByStripe,
    TryLater,
)
from wallet.gateway.failures import translate

TRANSFER = "POST /v1/transfers"
KEY = "withdrawal:one:1"


def attempts(send, **wanted):
    """The kind of end a transfer under KEY comes to."""
    try:
        return send(1000, key=KEY, **wanted)
    except gateway.StripeFailure as failure:
        return failure


def test_without_a_key_there_is_no_gateway(settings):
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(NotConfigured) as refused:
        gateway.connect()
    assert (refused.value.code, refused.value.status) == ("stripe_not_configured", 503)


@pytest.mark.parametrize(
    ("key", "live"), [("sk_live_x", True), ("rk_live_x", True), ("sk_test_x", False), ("rk_test_x", False)]
)
def test_the_key_says_which_mode_it_is(settings, key, live):
    settings.STRIPE_SECRET_KEY = key
    assert gateway.connect().livemode is live


@pytest.mark.parametrize(
    ("fault", "kind", "effect"),
    [
        (Fault.DROP_BEFORE_EFFECT, OutcomeUnknown, False),
        (Fault.DROP_AFTER_EFFECT, OutcomeUnknown, True),
        (Fault.ERROR_UNSAVED, OutcomeUnknown, False),
        (Fault.GARBLED, OutcomeUnknown, False),
        (Fault.RATE_LIMITED, TryLater, False),
        (Fault.KEY_IN_USE, TryLater, False),
    ],
)
def test_the_same_key_again_makes_it_happen_once(gate, stripe, send, *, fault, kind, effect):
    stripe.next(TRANSFER, fault)
    withdrawal = uuid4()
    assert type(attempts(send, withdrawal_id=withdrawal)) is kind
    assert len(gate.find_transfers(withdrawal_id=withdrawal)) == effect
    again = attempts(send, withdrawal_id=withdrawal)
    assert gate.find_transfers(withdrawal_id=withdrawal) == [again]


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_BEFORE_EFFECT, Fault.TIMEOUT_AFTER_EFFECT])
def test_patience_ends_and_the_outcome_is_unknown(settings, account, stripe, send, fault):
    stripe.next(TRANSFER, fault)
    settings.STRIPE_ANSWER_SECONDS_MAX = 0.2
    withdrawal = uuid4()
    with pytest.raises(OutcomeUnknown):
        gateway.connect().create_transfer(withdrawal_id=withdrawal, account=account, amount_cents=1000, key=KEY)
    while not stripe.lost_patience:
        threading.Event().wait(0.01)
    assert stripe.lost_patience == [True]
    sent = ask_again(stripe, send, withdrawal)
    assert stripe.events("transfer.created", about=sent.id) == stripe.events("transfer.created")


def ask_again(stripe, send, withdrawal):
    """The transfer, once the request that nobody waited for is through."""
    while not stripe.faults.all_met or type(answer := attempts(send, withdrawal_id=withdrawal)) is TryLater:
        threading.Event().wait(0.01)
    return answer


def test_an_address_where_nobody_answers_is_an_unknown_outcome(settings):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_x", "http://127.0.0.1:9"
    settings.STRIPE_RETRIES_MAX = 0
    with pytest.raises(OutcomeUnknown):
        gateway.connect().get_balance_cents()


@pytest.mark.parametrize(("fault", "effect"), [(Fault.ERROR_SAVED, False), (Fault.ERROR_SAVED_AFTER_EFFECT, True)])
def test_a_saved_error_stays_unknown_under_its_key_and_only_a_look_can_tell(gate, stripe, send, fault, effect):
    stripe.next(TRANSFER, fault)
    withdrawal = uuid4()
    assert type(attempts(send, withdrawal_id=withdrawal)) is OutcomeUnknown
    assert type(attempts(send, withdrawal_id=withdrawal)) is OutcomeUnknown
    assert len(gate.find_transfers(withdrawal_id=withdrawal)) == effect


def test_a_slow_request_lands_after_the_look_and_holds_its_key_until_then(gate, stripe, send):
    stripe.next(TRANSFER, Fault.LANDS_LATER)
    withdrawal = uuid4()
    assert type(attempts(send, withdrawal_id=withdrawal)) is OutcomeUnknown
    assert gate.find_transfers(withdrawal_id=withdrawal) == []
    assert type(attempts(send, withdrawal_id=withdrawal)) is TryLater
    stripe.land()
    assert gate.find_transfers(withdrawal_id=withdrawal) == [attempts(send, withdrawal_id=withdrawal)]


def test_how_long_to_wait_is_what_stripe_says(stripe, send):
    stripe.next(TRANSFER, Fault.RATE_LIMITED, retry_after_seconds=42)
    assert attempts(send).retry_after_seconds == 42
    stripe.next(TRANSFER, Fault.KEY_IN_USE)
    assert attempts(send).retry_after_seconds == 10


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0.5", 1), ("9" * 400, 21_600), ("9" * 5_000, 21_600), ("soon", 10), ("-1", 10), ("", 10)],
    ids=lambda value: str(value)[:9],
)
def test_however_stripe_says_it_the_wait_is_one_that_can_be_waited(header, seconds):
    body = {"error": {"type": "rate_limit_error", "code": "rate_limit"}}
    told = translate(sdk.RateLimitError("slow down", None, 429, body, {"Retry-After": header}))
    assert told.retry_after_seconds == seconds


def test_a_refusal_is_replayed_under_its_key(stripe, send):
    stripe.next(TRANSFER, Fault.BALANCE_INSUFFICIENT)
    withdrawal = uuid4()
    first, second = (attempts(send, withdrawal_id=withdrawal) for _ in range(2))
    assert type(first) is type(second) is RejectedByStripe
    assert (first.code, second.code) == ("balance_insufficient", "balance_insufficient")


def test_a_key_for_two_requests_is_a_bug_with_a_name(gate, account):
    withdrawal = uuid4()
    gate.create_transfer(withdrawal_id=withdrawal, account=account, amount_cents=1000, key=KEY)
    with pytest.raises(IdempotencyMismatch):
        gate.create_transfer(withdrawal_id=withdrawal, account=account, amount_cents=2000, key=KEY)
    assert len(gate.find_transfers(withdrawal_id=withdrawal)) == 1


def test_the_banks_injected_word_is_a_decline(gate, stripe, customer):
    card = stripe.save_card(customer)
    wanted = {"customer": customer, "payment_method": card, "amount_cents": 900}
    for fault, asks in ((Fault.DECLINE, False), (Fault.NEEDS_AUTHENTICATION, True)):
        stripe.next("POST /v1/payment_intents", fault)
        with pytest.raises(Declined) as refused:
            gate.charge_off_session(topup_id=uuid4(), key=f"autotopup:{fault.name}:1", **wanted)
        assert refused.value.needs_authentication is asks


def test_a_key_that_stripe_does_not_know_fails_nothing_for_good(settings, stripe):
    settings.STRIPE_SECRET_KEY = "sk_test_somebody_else"
    with pytest.raises(ApiKeyRejected) as refused:
        gateway.connect().get_balance_cents()
    assert isinstance(refused.value, TryLater)


def test_the_sdk_tries_again_under_the_same_key(settings, gate, stripe, account):
    settings.STRIPE_RETRIES_MAX = 1
    stripe.next(TRANSFER, Fault.DROP_AFTER_EFFECT)
    gateway.connect().create_transfer(withdrawal_id=uuid4(), account=account, amount_cents=1000, key=KEY)
    assert [seen.key for seen in stripe.calls(TRANSFER)] == [KEY, KEY]
    assert len(stripe.events("transfer.created")) == 1


def body(kind: str, code: str | None = None) -> dict[str, object]:
    return {"error": {"type": kind, "code": code, "message": "No."}}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (sdk.APIError("x", http_status=409, json_body=body("idempotency_error", "idempotency_key_in_use")), TryLater),
        (sdk.IdempotencyError("x", http_status=409, json_body=body("idempotency_error")), IdempotencyMismatch),
        (sdk.RateLimitError("x", http_status=429, json_body=body("invalid_request_error", "lock_timeout")), TryLater),
        (sdk.PermissionError("x", http_status=403, json_body=body("invalid_request_error")), RejectedByStripe),
        (sdk.APIError("x", http_status=503, json_body=body("api_error")), OutcomeUnknown),
        (sdk.APIError("x", http_status=200, json_body=None), OutcomeUnknown),
        (sdk.APIError("x", http_status=403, json_body=None), OutcomeUnknown),
        (sdk.APIConnectionError("x"), OutcomeUnknown),
    ],
)
def test_answers_that_are_hard_to_provoke_are_told_apart_too(error, kind):
    assert type(translate(error)) is kind


def test_neither_traceback_nor_log_holds_the_key(caplog, gate, stripe, send):
    caplog.set_level(logging.DEBUG)
    for fault in (Fault.DROP_BEFORE_EFFECT, Fault.ERROR_SAVED, Fault.RATE_LIMITED, Fault.GARBLED):
        stripe.next(TRANSFER, fault)
        failure = attempts(send)
        told = "".join(traceback.TracebackException.from_exception(failure, capture_locals=True).format())
        assert stripe.api_key not in told + repr(failure) + str(failure)
    assert stripe.api_key not in caplog.text + repr(gate) + repr(vars(gate))


def test_links_and_payloads_that_let_people_in_stay_out_of_reprs(stripe, top_up):
    session = top_up()
    assert session.url not in repr(session)
    delivery = stripe.sign(stripe.events("customer.created")[0])
    event = gateway.read_webhook(delivery.body, delivery.signature, [stripe.webhook_secret])
    assert event.payload["data"]["object"]["email"] == "sender@example.com"
    assert "sender@example.com" not in repr(event)


def test_the_sdk_logs_nothing_about_single_calls(settings):
    assert settings.LOGGING["loggers"]["stripe"]["level"] == "WARNING"


def test_the_sdk_neither_names_this_machine_nor_writes_to_it(gate):
    assert sdk.enable_telemetry is False
