"""Models act in the test's own thread, at noon, on play money."""

from __future__ import annotations

import pytest

from tests.api import hold_clock
from tests.clorp.mcp.models import own_thread

__all__ = ["own_thread"]


@pytest.fixture(autouse=True)
def at_noon(own_thread, monkeypatch):
    hold_clock(monkeypatch)
