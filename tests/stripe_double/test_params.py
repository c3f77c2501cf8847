"""The double refuses what the SDK's types do not know, as Stripe would after a deployment."""

from __future__ import annotations

import pytest
from stripe import InvalidRequestError

ITEM = {"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 5000, "product_data": {"name": "x"}}}
TYPES_CODE = "payment_method_types_no_longer_supported"


def session_with(customer, **changes):
    return {"mode": "payment", "customer": customer, "line_items": [ITEM], **changes}


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"payment_intent_data": {"colour": "red"}}, "parameter_unknown", "payment_intent_data[colour]"),
        ({"line_items": [{**ITEM, "colour": "red"}]}, "parameter_unknown", "line_items[0][colour]"),
        (
            {"line_items": [{"quantity": 1, "price_data": {"unit_amount": 5}}]},
            "parameter_missing",
            "line_items[0][price_data][currency]",
        ),
        ({"payment_method_types": ["card"]}, TYPES_CODE, "payment_method_types"),
        ({"ui_mode": "hosted"}, "parameter_invalid", "ui_mode"),
        ({"mode": "paymnet"}, "parameter_invalid", "mode"),
        ({"expires_at": "soon"}, "parameter_invalid", "expires_at"),
        ({"payment_intent_data": "text"}, "parameter_invalid", "payment_intent_data"),
        ({"mode": {"payment": "1"}}, "parameter_invalid", "mode"),
        ({"metadata": {"a": {"b": "c"}}}, "parameter_invalid", "metadata"),
    ],
)
def test_a_session_with_a_parameter_out_of_place_is_refused(client, customer, *, changes, code, param):
    with pytest.raises(InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(session_with(customer, **changes))
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)


def test_metadata_is_free_and_lists_keep_their_order(client, stripe_double, customer):
    two = [ITEM, {**ITEM, "quantity": 2}]
    made = client.v1.checkout.sessions.create(session_with(customer, line_items=two, metadata={"0": "x", "topup": "y"}))
    assert made.amount_total == 15_000
    assert made.metadata.to_dict() == {"0": "x", "topup": "y"}


def test_payment_method_types_are_refused_on_payments_too(client, customer):
    wanted = {"amount": 500, "currency": "usd", "customer": customer, "payment_method_types": ["card"]}
    with pytest.raises(InvalidRequestError) as refused:
        client.v1.payment_intents.create(wanted)
    assert refused.value.code == TYPES_CODE


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"dashboard": "exprss"}, "dashboard"),
        ({"identity": {"contry": "US"}}, "identity[contry]"),
        ({"defaults": {"responsibilities": {"fees_collector": "application"}}},
         "defaults[responsibilities][losses_collector]"),
        ({"configuration": {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": 1}}}}}},
         "configuration[recipient][capabilities][stripe_balance][stripe_transfers][requested]"),
        ({"include": ["balance"]}, "include[0]"),
    ],
)  # fmt: skip
def test_v2_bodies_are_read_as_strictly(client, params, param):
    with pytest.raises(InvalidRequestError) as refused:
        client.v2.core.accounts.create(params)
    assert refused.value.json_body["error"]["param"] == param


def test_an_account_link_with_configurations_is_refused(client, account):
    flow = {"refresh_url": "https://x.example", "configurations": ["recipient"]}
    with pytest.raises(InvalidRequestError) as refused:
        client.v2.core.account_links.create(
            {"account": account, "use_case": {"type": "account_onboarding", "account_onboarding": flow}}
        )
    assert refused.value.code == "parameter_unknown"


def test_queries_are_read_as_strictly_as_bodies(client):
    with pytest.raises(InvalidRequestError) as refused:
        client.v1.events.list({"created": {"since": 5}})
    assert refused.value.param == "created[since]"


@pytest.mark.parametrize("path", ["colour", "payment_intent.colour"])
def test_what_can_not_be_expanded_is_refused(client, stripe_double, session, path):
    stripe_double.pay(session)
    with pytest.raises(InvalidRequestError):
        client.v1.checkout.sessions.retrieve(session, {"expand": [path]})


def test_a_path_the_double_does_not_know_is_not_answered_kindly(client):
    with pytest.raises(InvalidRequestError) as refused:
        client.v1.products.list()
    assert refused.value.http_status == 404


def test_a_charge_without_a_way_back_may_not_redirect(client, stripe_double, customer):
    card = stripe_double.save_card(customer)
    wanted = {"amount": 500, "currency": "usd", "customer": customer, "payment_method": card, "confirm": True}
    with pytest.raises(InvalidRequestError, match="return_url"):
        client.v1.payment_intents.create(wanted)
