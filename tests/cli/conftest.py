"""The command line in this process, against the live site: `clorp(…)` runs it for one account."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from clorp_cli import words
from clorp_cli.main import run
from tests.journeys.conftest import hands, play_site, ring_bells

__all__ = ["hands", "play_site", "ring_bells"]


class Terminal(StringIO):
    """A stream that says a person is at it."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Typed(io.TextIOWrapper):
    """A person's keyboard, with what they will type."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(autouse=True)
def own_home(monkeypatch, tmp_path):
    """A machine on which clorp was never run, and which speaks no language but English."""
    for name in ("CLORP_URL", "CLORP_KEY", "CLORP_INSECURE", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLORP_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("CLORP_STATE_DIR", str(tmp_path / "state"))
    yield tmp_path
    words.speak(words.ENGLISH)


@pytest.fixture
def clorp(monkeypatch) -> Callable[..., Ran]:
    """`clorp("board", typed="…")` runs the command for a person; without `typed`, piped, with `stdin`."""

    def call(*arguments: str, key: str | None = None, stdin: bytes = b"", typed: str | None = None) -> Ran:
        has_person = typed is not None
        out, err = (Terminal(), Terminal()) if has_person else (StringIO(), StringIO())
        keyboard = Typed(io.BytesIO((typed or "").encode())) if has_person else io.TextIOWrapper(io.BytesIO(stdin))
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", keyboard)
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            if key is not None:
                patch.setenv("CLORP_KEY", key)
            code = run(list(arguments))
        return Ran(int(code), out.getvalue(), err.getvalue())

    return call


@pytest.fixture
def site(live_server, monkeypatch) -> str:
    """The live site, as CLORP_URL names it."""
    monkeypatch.setenv("CLORP_URL", live_server.url)
    return str(live_server.url)


def key_of(email: str) -> str:
    """A key with all rights for somebody, who is signed up where they are new."""
    printed = StringIO()
    call_command("issue_token", email, stdout=printed)
    return printed.getvalue().strip()
