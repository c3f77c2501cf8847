"""Money tests end with a look at the books."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from core import clock
from tests.wallet.stripe_play import Play
from wallet.books import invariants
from wallet.models import StripeEvent
from wallet.reconciliation import reconcile


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def staff(staff):
    """A moderator who may decide about money too, as few do."""
    money = Permission.objects.filter(content_type__app_label="wallet", codename__startswith="change_")
    staff.user_permissions.set(money)
    return User.objects.get(pk=staff.pk)


@pytest.fixture
def books_in_order(db):
    """Every invariant holds at the end, whatever the test did."""
    yield
    assert invariants.broken() == []


@pytest.fixture
def play(stripe_double, books_in_order, monkeypatch):
    """Stripe's double and our verbs by one clock; at the end both books are compared and in order."""
    story = Play(stripe_double)
    monkeypatch.setattr(clock, "now", lambda: story.now)
    yield story
    if not StripeEvent.objects.unprocessed().exists():
        assert reconcile(now=story.now).difference_cents == story.difference_cents
