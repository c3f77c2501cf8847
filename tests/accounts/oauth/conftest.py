"""A program that made itself known, and somebody at their browser who may let it in."""

from __future__ import annotations

import pytest

from tests.accounts.oauth.programs import Program
from tests.browsers import signed_in


@pytest.fixture
def program(db):
    return Program.known()


@pytest.fixture
def person(agent):
    return signed_in(agent)
