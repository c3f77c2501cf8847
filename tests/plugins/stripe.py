"""`stripe_double`: a Stripe of the test's own, with the settings pointing at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

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
