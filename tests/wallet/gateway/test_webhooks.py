"""Whose deliveries are believed, and what is read out of them."""

from __future__ import annotations

import json

import pytest

from tests.wallet.gateway.conftest import NOON
from wallet.gateway import BadWebhook, read_webhook


@pytest.fixture
def event(stripe, customer):
    (created,) = stripe.events("customer.created")
    return created


def read(delivery, *secrets):
    return read_webhook(delivery.body, delivery.signature, secrets)


def test_a_snapshot_says_what_happened_to_whom(stripe, event, customer):
    seen = read(stripe.sign(event), stripe.webhook_secret)
    assert (seen.id, seen.type, seen.account) == (event["id"], "customer.created", None)
    assert (seen.object_id, seen.object_type) == (customer, "customer")
    assert (seen.created, seen.livemode, seen.api_version) == (NOON, False, stripe.shelf.version)


def test_a_thin_event_says_the_same_in_fewer_words(stripe, event, customer):
    seen = read(stripe.sign(event, thin=True), stripe.webhook_secret)
    assert (seen.type, seen.object_id, seen.object_type) == ("v1.customer.created", customer, "customer")
    assert (seen.created, seen.api_version, seen.payload["snapshot_event"]) == (NOON, None, event["id"])
    assert "data" not in seen.payload


def test_events_of_connected_accounts_name_the_account(stripe, account):
    paid_out = stripe.fail_payout(account)
    assert read(stripe.sign(paid_out), stripe.connect_webhook_secret).account == account
    thin = stripe.sign(paid_out, thin=True, secret=stripe.connect_webhook_secret)
    assert read(thin, stripe.connect_webhook_secret).account == account
    state = read(stripe.sign(stripe.events(about=account)[0]), stripe.connect_webhook_secret)
    assert (state.object_id, state.object_type) == (account, "v2.core.account")


def test_any_current_secret_is_good_while_one_is_being_replaced(stripe, event):
    delivery = stripe.sign(event)
    assert read(delivery, "whsec_new", stripe.webhook_secret).id == event["id"]


def test_the_other_mode_is_told_to_the_caller(stripe, event):
    assert read(stripe.sign(event, livemode=True), stripe.webhook_secret).livemode is True


@pytest.mark.parametrize(
    "spoil",
    [
        lambda stripe, event: stripe.sign(event, secret="whsec_of_a_stranger"),
        lambda stripe, event: stripe.sign(event, age_seconds=301),
        lambda stripe, event: stripe.sign(event).tampered(),
    ],
    ids=["forged", "stale", "tampered"],
)
def test_a_delivery_that_can_not_be_believed_is_refused(stripe, event, spoil):
    with pytest.raises(BadWebhook) as refused:
        read(spoil(stripe, event), stripe.webhook_secret, stripe.connect_webhook_secret)
    assert (refused.value.status, refused.value.code) == (400, "bad_webhook")


@pytest.mark.parametrize("signature", ["", "t=1", "t=x,v1=y", "nonsense", "t=1,v1=é", "v1=,t=", "t=1=2=3,v1"])
@pytest.mark.parametrize("body", [b"{}", b"\xff\xfe", b""])
def test_nonsense_is_refused_and_breaks_nothing(body, signature):
    with pytest.raises(BadWebhook):
        read_webhook(body, signature, ["whsec_x"])


@pytest.mark.parametrize("secrets", [[], [""], ["", " "]])
def test_without_a_secret_nothing_is_believed(stripe, event, secrets):
    with pytest.raises(BadWebhook):
        read(stripe.sign(event, secret="x"), *secrets)


@pytest.mark.parametrize(
    "change",
    [
        {"object": "charge"},
        {"livemode": "false"},
        {"id": None},
        {"data": None},
        {"data": {"object": "text"}},
        {"created": "yesterday"},
        {"created": 10**30},
    ],
)
def test_a_signed_text_that_is_no_event_is_refused(stripe, event, change):
    name = event["id"]
    stripe.shelf.things[name].update(change)
    delivery = stripe.sign(name)
    with pytest.raises(BadWebhook):
        read(delivery, stripe.webhook_secret)


def test_a_signed_list_is_no_event(stripe):
    from stripe import WebhookSignature

    body = json.dumps([1])
    with pytest.raises(BadWebhook):
        read_webhook(body.encode(), WebhookSignature.generate_signature_header(body, "whsec_x"), ["whsec_x"])
