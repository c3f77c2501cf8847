"""The failure table, row by row: the play starts with $10.00 in the agent's wallet and an account that takes money."""

from __future__ import annotations

import pytest


@pytest.fixture
def earner(play, agent):
    """The agent, with $10.00 and payouts set up."""
    play.earned(agent)
    play.connected(agent)
    return agent
