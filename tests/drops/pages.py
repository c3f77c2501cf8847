"""What the page tests share: a browser of the test client's kind, and the clock in hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from clorp import clock
from clorp.accounts.models import User
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
    return response.content.decode()


def file_name_of(response: Any) -> str:
    """What a download is called; reads it to its end, or the file would stay open."""
    b"".join(response.streaming_content)
    return response["Content-Disposition"]
