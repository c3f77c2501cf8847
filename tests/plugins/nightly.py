"""Which tests run when: those marked `nightly` only with --all; `journeys` and `races` are marked by their folders.

A test marked `turns(n)` runs by day with each n-th set of its parameters, so that a kind of which it has many is met
with every push and all of the kind every night. Which ones is drawn from its name, and stays.

Properties meet fewer examples by day, and the same ones until they change: what a search by chance finds
is news of the night, and no push fails for what another one brought. A test that asks for a number of its own always
gets it.

What did not run for that is counted at the end, so that nobody thinks it did.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import settings

EXAMPLES_BY_DAY, EXAMPLES_BY_NIGHT = 40, 100
FOLDERS = {"journeys": "drives the site with a browser", "races": "threads and processes against each other"}
TESTS = Path(__file__).resolve().parents[1]
# At which place, among all values of a test's parameter, one stands, by its identity.
Places = defaultdict[tuple[Path, str, str], dict[int, int]]
LEFT_OUT = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the tests marked nightly too")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = 0
    config.addinivalue_line("markers", "nightly: runs only with --all")
    config.addinivalue_line("markers", "turns(n): runs with each n-th set of parameters; with all of them with --all")
    if config.getoption("--all"):
        os.environ["CLORP_NIGHTLY"] = "1"
    # An example's time says more about the machine's other work than about the code.
    is_night = "CLORP_NIGHTLY" in os.environ
    examples = EXAMPLES_BY_NIGHT if is_night else EXAMPLES_BY_DAY
    settings.register_profile("clorp", deadline=None, max_examples=examples, derandomize=not is_night)
    settings.load_profile("clorp")
    for folder, meaning in FOLDERS.items():
        config.addinivalue_line("markers", f"{folder}: {meaning}; all in tests/{folder}")


def marks_of(path: Path) -> list[str]:
    """Return what all tests of a file are marked with for the folder in which it lies."""
    return [folder for folder in FOLDERS if path.is_relative_to(TESTS / folder)]


def pytest_itemcollected(item: pytest.Item) -> None:
    for mark in marks_of(item.path):
        item.add_marker(mark)


def is_nightly(item: Any, places: Places) -> bool:
    return bool(item.get_closest_marker("nightly")) or not has_turn(item, places)


def has_turn(item: Any, places: Places) -> bool:
    """Whether a test runs by day. Of two parameters each value has its turn, since they step on together."""
    mark, callspec = item.get_closest_marker("turns"), getattr(item, "callspec", None)
    if mark is None or callspec is None:
        return True
    steps = crc32(item.originalname.encode())
    for name, value in callspec.params.items():
        seen = places[item.path, item.originalname, name]
        steps += seen.setdefault(id(value), len(seen))
    return bool(steps % mark.args[0] == 0)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is nightly, of what -m and -k have left."""
    if config.getoption("--all"):
        return
    places: Places = defaultdict(dict)
    nightly = [item for item in items if is_nightly(item, places)]
    if nightly:
        by_night = set(nightly)
        items[:] = [item for item in items if item not in by_night]
        config.hook.pytest_deselected(items=nightly)
        config.stash[LEFT_OUT] = len(nightly)


def pytest_sessionfinish(session: pytest.Session) -> None:
    # A process of pytest-xdist tells the one that writes the summary; each of them has collected all tests.
    getattr(session.config, "workeroutput", {})["left_out"] = session.config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if count := config.stash[LEFT_OUT]:
        terminalreporter.section("did not run")
        terminalreporter.line(f"{count} nightly {'test' if count == 1 else 'tests'}: ./run test --all runs them too")
