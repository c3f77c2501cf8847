"""A gateway to a Stripe of the test's own, and short ways to what a story begins with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.stripe_double import StripeDouble
from wallet import gateway
from wallet.gateway import Gateway, Session, StripeTransfer

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def stripe(stripe_double: StripeDouble) -> StripeDouble:
    stripe_double.at(NOON)
    return stripe_double


@pytest.fixture
def gate(stripe: StripeDouble) -> Gateway:
    return gateway.connect()


@pytest.fixture
def customer(gate: Gateway) -> str:
    return gate.create_customer(user_id=uuid4(), email="sender@example.com", name="Sender", key=f"customer:{uuid4()}")


@pytest.fixture
def top_up(gate: Gateway, customer: str) -> Callable[..., Session]:
    """`top_up(cents, keep_card=False)` opens a session; nobody has paid yet."""

    def open_session(cents: int = 5000, *, keep_card: bool = False, key: str | None = None) -> Session:
        topup_id = uuid4()
        return gate.create_topup_session(
            topup_id=topup_id,
            customer=customer,
            amount_cents=cents,
            keep_card=keep_card,
            is_careful=False,
            success_url="https://clorp.example/wallet/done?session={CHECKOUT_SESSION_ID}",
            cancel_url="https://clorp.example/wallet/",
            expires_at=NOON + timedelta(hours=1),
            key=key or f"topup:{topup_id}",
        )

    return open_session


@pytest.fixture
def account(stripe: StripeDouble, gate: Gateway) -> str:
    """Ready to be paid."""
    made = gate.create_account(user_id=uuid4(), email="agent@example.com", country="US", key=f"connect:{uuid4()}")
    stripe.activate_account(made)
    return made


@pytest.fixture
def send(gate: Gateway, account: str) -> Callable[..., StripeTransfer]:
    """`send(cents)` transfers to the account, each time for another withdrawal unless told otherwise."""

    def transfer(cents: int = 1000, *, withdrawal_id: object = None, key: str | None = None) -> StripeTransfer:
        chosen = withdrawal_id or uuid4()
        return gate.create_transfer(
            withdrawal_id=chosen, account=account, amount_cents=cents, key=key or f"withdrawal:{chosen}:1"
        )

    return transfer
