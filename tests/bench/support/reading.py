"""The cost of a request beside its verb: processor milliseconds of pages and of the API, through all middleware."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ROUNDS = 20


def read_all(drop: Any, people: list[Any], measure: Callable[[str], Any]) -> None:
    """Ask for each thing some times, `measure(part)` around each; the first of each is not counted."""
    from django.test import Client

    from accounts.keys import create_key
    from core import clock

    sender, agent = people[:2]
    stranger, player = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    player.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    key = create_key(user=sender, name="bench", scopes=None, now=clock.now())[1]
    program = {"HTTP_AUTHORIZATION": f"Bearer {key}"}
    asked = {
        "a watcher's part of a drop's page": (player, f"/drops/{drop.pk}/live", {}),
        "a drop's page, signed in": (player, f"/drops/{drop.pk}", {}),
        "the board, signed in": (player, "/board", {}),
        "the board, a stranger": (stranger, "/board", {}),
        "a job by API": (stranger, f"/api/jobs/{drop.pk}", program),
    }
    for part, (browser, path, headers) in asked.items():
        browser.get(path, **headers)
        for _ in range(ROUNDS):
            with measure(part):
                answer = browser.get(path, **headers)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}.")
