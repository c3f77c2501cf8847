"""Needs of a test from the machine. A missing one is named and counted; where CI says so, it is a failure."""

from __future__ import annotations

import os
import shutil
from collections import Counter

import pytest

from clorp.dev import browser

COULD_NOT_RUN = "could not run: "


def missing_browser() -> str | None:
    if browser.find_browser() is None:
        return f"no browser ({browser.HINT})"
    if browser.lacks_libatomic():
        return "no browser driver (Playwright's needs libatomic1: apt-get install libatomic1)"
    return None


def missing_redis() -> str | None:
    if redis_address():
        return None
    hint = "set REDIS_URL" if shutil.which("redis-server") else "apt-get install redis-server, or set REDIS_URL"
    return f"no Redis ({hint})"


def missing_node() -> str | None:
    lacks = [name for name in ("node", "npm") if shutil.which(name) is None]
    return f"no {' and no '.join(lacks)} (apt-get install nodejs npm)" if lacks else None


def missing_compiler() -> str | None:
    return None if shutil.which("cc") else "no C compiler (apt-get install gcc libc6-dev)"


NEEDS = {
    "needs_browser": missing_browser,
    "needs_compiler": missing_compiler,
    "needs_node": missing_node,
    "needs_redis": missing_redis,
}


def redis_address() -> str:
    return os.environ.get("CLORP_TEST_REDIS_URL") or os.environ.get("REDIS_URL") or ""


@pytest.fixture
def redis_url() -> str:
    """The Redis that a test marked `needs_redis` may use and empty."""
    return redis_address()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs_browser: drives Chromium or Chrome")
    config.addinivalue_line("markers", "needs_compiler: makes a library of C")
    config.addinivalue_line("markers", "needs_node: runs JavaScript, and installs locked packages with npm")
    config.addinivalue_line("markers", "needs_redis: talks to a Redis server, at the fixture redis_url")


def pytest_itemcollected(item: pytest.Item) -> None:
    # Whoever takes a page drives a browser, whether or not they remembered to say so.
    if {"page", "browser", "new_context"} & set(getattr(item, "fixturenames", ())):
        item.add_marker("needs_browser")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, missing in NEEDS.items():
        if item.get_closest_marker(name) and (lack := missing()):
            if os.environ.get("CLORP_REQUIRE_ALL") == "1":
                pytest.fail(f"{COULD_NOT_RUN}{lack}", pytrace=False)
            pytest.skip(f"{COULD_NOT_RUN}{lack}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lacks: Counter[str] = Counter()
    for outcome in ("skipped", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            _, marker, lack = str(getattr(report, "longreprtext", report.longrepr)).partition(COULD_NOT_RUN)
            if marker:
                lacks[lack.splitlines()[0].rstrip("')")] += 1
    if lacks:
        terminalreporter.section("could not run")
        for lack, count in sorted(lacks.items()):
            terminalreporter.line(f"{count} {'test' if count == 1 else 'tests'}: {lack}")
