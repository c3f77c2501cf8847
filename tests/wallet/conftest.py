"""Money tests end with a look at the books."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wallet import invariants


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def books_in_order(db):
    """Whatever the test did, every invariant holds at its end."""
    yield
    assert invariants.broken() == []
