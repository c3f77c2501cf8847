"""The tools that page tests share: a browser of the test client's kind, and the clock in hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from accounts.models import User
from core import clock
from tests.play import NOON

Browse = Callable[[User | None], Client]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """`at(moment)` sets the site's clock; it starts at noon."""

    def move(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    move(NOON)
    return move


@pytest.fixture
def browse(db: None, at: Any) -> Browse:
    """`browse(user)` is a browser in which `user` is signed in."""

    def start(user: User | None = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return start


def text_of(response: Any) -> str:
    """The page's HTML with every run of whitespace as one space, as a browser reads it."""
    return " ".join(response.content.decode().split())


def file_name_of(response: Any) -> str:
    """Return what a download is called; reads it to its end, or the file would stay open."""
    b"".join(response.streaming_content)
    return response["Content-Disposition"]


# What a page names, what a sheet names, what a script imports.
NAMED = re.compile(r'"/static/([^"#]+)|url\("([^"]+)"\)|^import .* from "([^"]+)";$', re.MULTILINE)


def weight_of(html: str) -> int:
    """The bytes of a page with all that it loads, each file once and unpacked."""
    return len(html.encode()) + sum(path.stat().st_size for path in _loaded_by(html, Path(), set()))


def _loaded_by(text: str, folder: Path, seen: set[Path]) -> set[Path]:
    for of_page, of_sheet, of_script in NAMED.findall(text):
        place = finders.find(of_page) if of_page else folder / (of_sheet or of_script)
        path = Path(str(place)).resolve()
        if path not in seen:
            seen.add(path)
            if path.suffix in {".css", ".js"}:
                _loaded_by(path.read_text(), path.parent, seen)
    return seen
