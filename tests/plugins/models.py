"""`llm_double`: models of the test's own, with JUDGE_SEATS pointing at three of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from clorp.settings.judge_seats import read_seats
from tests.llm_double import LlmDouble

# However slow the machine is, no answer that comes is given up: what was asked is counted.
QUICK = {"waits_seconds": (0.01, 0.02), "request_seconds_max": 30.0}
# For a server that says nothing, which would be waited for as long.
HASTY = {**QUICK, "request_seconds_max": 3.0}


@pytest.fixture
def llm_double(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[LlmDouble]:
    """Waits are short, so that a fault costs no time; a machine's proxy stays out of it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with LlmDouble() as double:
        settings.JUDGE_SEATS = read_seats(double.seats("one", "two", "three"), lambda name: "")
        settings.JUDGE_UNCHECKED = True
        settings.JUDGE_PATIENCE = QUICK
        yield double
    assert double.mistakes == []
