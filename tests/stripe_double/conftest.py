"""The SDK as it comes, talking to the double: what the gateway never sends can be sent from here."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from stripe import StripeClient

from tests.stripe_double import StripeDouble

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def client(stripe_double: StripeDouble) -> StripeClient:
    stripe_double.at(NOON)
    return StripeClient(stripe_double.api_key, base_addresses={"api": stripe_double.url}, max_network_retries=0)


@pytest.fixture
def customer(client: StripeClient) -> str:
    return client.v1.customers.create({"email": "sender@example.com"}).id


@pytest.fixture
def session(client: StripeClient, customer: str) -> str:
    """An open Checkout session over 5000 cents."""
    item = {
        "quantity": 1,
        "price_data": {"currency": "usd", "unit_amount": 5000, "product_data": {"name": "Wallet top-up"}},
    }
    return client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "customer": customer,
            "line_items": [item],
            "success_url": "http://127.0.0.1/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1/back",
        }
    ).id


@pytest.fixture
def account(stripe_double: StripeDouble, client: StripeClient) -> str:
    wanted = {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}}
    made = client.v2.core.accounts.create({"configuration": wanted}).id
    stripe_double.activate_account(made)
    return made
