"""No test reaches a private name of ours: what a test needs is public, or is seen by what the site does."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house import ROOMS
from tests.private_names import private_names_reached, read_trees

# What is still reached, by file; nothing may be added.
LEFT = {
    "test_log_stream.py": {"_hub", "_taken"},
    "test_bell.py": {"_bells", "_changes", "_hub", "_say"},
    "test_handler.py": {"_hub"},
    "test_live.py": {"_board_changes", "_changes", "_hub", "_say", "_taken"},
    "test_rate_limit.py": {"_due", "_early", "_interval"},
    "test_wires.py": {"_Redis", "_client"},
}
HOUSE = "class Drop:\n    def __init__(self): self._seats = 5\n    def _close(self): ...\n_open = []"
BREACHES = [
    "from drops import lifecycle\nlifecycle._open.clear()",
    "from drops.contest.lifecycle import _open",
    "Drop()._close()",
    "Drop()._seats = 3",
    "monkeypatch.setattr(lifecycle, '_open', [])",
    "with mock.patch.object(Drop, '_close'): ...",
    "monkeypatch.setattr('drops.contest.lifecycle._open', [])",
    "getattr(drop, '_seats')",
    "from tests.drops import _helpers",
]
SOUND = [
    "class Story:\n    def __init__(self): self._drop = 1\n    def tell(self): return self._drop",
    "class One:\n    def __init__(self): self._seats = 1\n    def is_like(self, one): return self._seats == one._seats",
    "Drop._meta.get_field('pack')",
    "Drop().__class__.__name__",
    "Seat(1)._replace(number=2)",
    "monkeypatch.setattr(lifecycle, 'open', [])",
    "assert '_seats' in columns",
]


def faults_of(source: str) -> list[str]:
    tests = {"tests/test_a.py": ast.parse(source), "tests/drops/_helpers.py": ast.parse("")}
    return private_names_reached({"drops/contest/lifecycle.py": ast.parse(HOUSE)}, tests)


@pytest.mark.parametrize("source", BREACHES)
def test_whoever_reaches_a_private_name_is_caught(source):
    (fault,) = faults_of(source)
    assert fault.startswith("tests/test_a.py:")


@pytest.mark.parametrize("source", SOUND)
def test_what_is_ones_own_public_or_a_packages_is_let_alone(source):
    assert faults_of(source) == []


def test_no_test_reaches_a_private_name_of_ours():
    faults = private_names_reached(read_trees(*ROOMS), read_trees("tests"))
    left = {(file, name) for file, names in LEFT.items() for name in names}
    found = {
        (Path(fault.partition(":")[0]).name, fault.removesuffix(".").rpartition(" ")[2]): fault for fault in faults
    }
    assert [found[key] for key in set(found) - left] == []
    assert left - set(found) == set(), "These are mended: take them off the list."
