"""The moderators' site at a moment of its own."""

from __future__ import annotations

import pytest

from core import clock
from tests.play import after


@pytest.fixture
def past_noon(monkeypatch, settings):
    """A minute past noon, and nobody is asked for a second factor."""
    monkeypatch.setattr(clock, "now", lambda: after(60))
    settings.STAFF_SECOND_FACTOR = False
