"""How pytest-playwright starts the browser that was found on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import expect

from clorp.dev import browser

# Pages are opened by the dozen in one browser: code that is thrown away after each is compiled again for the next.
KEEP_CODE = "--js-flags=--no-flush-bytecode"
# Until when a page has to have come to what is expected of it, however busy the machine is; Playwright's own is 5 s.
EXPECT_MILLISECONDS = 20_000


@pytest.fixture(scope="session")
def closed_connections(django_db_setup: None, django_db_blocker: Any) -> None:
    """Django keeps its connections per context, and Playwright's event loop is another one than what surrounds it.

    So what was opened outside is closed before the loop starts, and what was opened inside before it stops;
    a connection left on the other side would keep the test database from being dropped.
    """
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session")
def playwright(closed_connections: None, playwright: Any, django_db_blocker: Any) -> Iterator[Any]:
    # It keeps an event loop in the thread; Django would refuse the database to the tests around it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=EXPECT_MILLISECONDS)
    yield playwright
    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": browser.find_browser(),
        "args": [*browser.launch_flags(), KEEP_CODE],
    }
