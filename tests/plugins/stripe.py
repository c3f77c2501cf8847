"""`stripe_double`: a Stripe of the test's own, with the settings pointing at it; no transaction waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from django.db import connection

from tests.stripe_double import StripeDouble


@pytest.fixture
def stripe_double(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeDouble]:
    """No second tries of the SDK's, so that a fault counts once; a machine's proxy stays out of it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with StripeDouble() as double:
        for name, value in double.environment.items():
            setattr(settings, name, value)
        settings.PLAY_MONEY = False
        settings.STRIPE_RETRIES_MAX = 0
        yield double
    assert double.mistakes == []


@pytest.fixture(autouse=True)
def stripe_outside_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer takes as long as it takes, and locks would be held meanwhile. The test's own transaction does not
    count."""
    ask = stripe.RequestsClient.request

    def asked(*given: Any, **more: Any) -> Any:
        opened = [block for block in connection.atomic_blocks if not block._from_testcase]
        assert not opened, "Stripe is asked inside a transaction."
        return ask(*given, **more)

    monkeypatch.setattr(stripe.RequestsClient, "request", asked)
