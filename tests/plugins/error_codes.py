"""Which error codes tests have had the site answer with. A run of all tests fails where a documented one is missing.

A code counts once the site's own source makes its refusal, or writes it into a problem document; not where a test does.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from functools import wraps
from typing import Any

import pytest

ROOMS = {"core", "accounts", "wallet", "drops", "clorp"}
# Options that leave some tests out.
CHOOSING = ("keyword", "markexpr", "deselect", "lf")
SEEN: set[str] = set()
MISSING = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[MISSING] = []
    watch()


def watch() -> None:
    """Note each code from now on."""
    from core.api import problems
    from core.errors import Refused

    made, told = Refused.__init__, problems.members_of_rfc_9457

    @wraps(made)
    def make(self: Refused, *args: Any, **kwargs: Any) -> None:
        if maker() in ROOMS:
            SEEN.add(self.code)
        made(self, *args, **kwargs)

    @wraps(told)
    def tell(body: dict[str, Any], *, site: str) -> dict[str, Any]:
        SEEN.add(body["code"])
        return told(body, site=site)

    Refused.__init__ = make  # type: ignore[method-assign]
    problems.members_of_rfc_9457 = tell


def maker() -> str:
    """Return the room whose source makes the refusal that is being made."""
    frame = sys._getframe(2)
    while frame.f_code.co_name == "__init__" and frame.f_back is not None:
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def is_whole(config: pytest.Config) -> bool:
    """Whether all tests run, but those marked nightly: none is chosen by a path, a word or a mark."""
    by_path = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    return not by_path and not any(config.getoption(name, None) for name in CHOOSING)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    done = yield
    if not hasattr(session.config, "workerinput") and is_whole(session.config):
        session.config.stash[MISSING] = missing()
        session.testsfailed += bool(session.config.stash[MISSING])
    return done


def missing() -> list[str]:
    from core.api.error_codes import all_error_codes

    return [code.code for code in all_error_codes() if code.code not in SEEN]


def pytest_sessionfinish(session: pytest.Session) -> None:
    # A process of pytest-xdist tells the one that asks.
    getattr(session.config, "workeroutput", {})["codes"] = sorted(SEEN)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    SEEN.update(getattr(node, "workeroutput", {}).get("codes", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if codes := config.stash[MISSING]:
        terminalreporter.section("documented, but produced by no test")
        terminalreporter.line(", ".join(codes))
