"""No test reaches a private name of ours: what a test needs is public, or is seen by what the site does."""

from __future__ import annotations

import ast

import pytest

from tests.house import ROOMS
from tests.private_names import private_names_reached, read_trees

HOUSE = "class Drop:\n    def __init__(self): self._seats = 5\n    def _close(self): ...\n_open = []"
BREACHES = [
    "from drops.contest import state\nstate._open.clear()",
    "from drops.contest.state import _open",
    "Drop()._close()",
    "Drop()._seats = 3",
    "monkeypatch.setattr(state, '_open', [])",
    "with mock.patch.object(Drop, '_close'): ...",
    "monkeypatch.setattr('drops.contest.state._open', [])",
    "getattr(drop, '_seats')",
    "from tests.drops import _helpers",
]
SOUND = [
    "class Story:\n    def __init__(self): self._drop = 1\n    def tell(self): return self._drop",
    "class One:\n    def __init__(self): self._seats = 1\n    def is_like(self, one): return self._seats == one._seats",
    "Drop._meta.get_field('pack')",
    "Drop().__class__.__name__",
    "Seat(1)._replace(number=2)",
    "monkeypatch.setattr(state, 'open', [])",
    "assert '_seats' in columns",
]


def faults_of(source: str) -> list[str]:
    tests = {"tests/test_a.py": ast.parse(source), "tests/drops/_helpers.py": ast.parse("")}
    return private_names_reached({"drops/contest/state.py": ast.parse(HOUSE)}, tests)


@pytest.mark.parametrize("source", BREACHES)
def test_whoever_reaches_a_private_name_is_caught(source):
    (fault,) = faults_of(source)
    assert fault.startswith("tests/test_a.py:")


@pytest.mark.parametrize("source", SOUND)
def test_what_is_ones_own_public_or_a_packages_is_let_alone(source):
    assert faults_of(source) == []


def test_no_test_reaches_a_private_name_of_ours():
    assert private_names_reached(read_trees(*ROOMS, "cli"), read_trees("tests")) == []
