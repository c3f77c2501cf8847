"""How much of a processor core a page takes: a process of its own answers each of them again and again."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from tests.bench.support.clients import Start

ROUNDS, ASKED = 5, 40
BARE = "/now"


def core_milliseconds(start: Start, paths: dict[str, str], session: str) -> dict[str, float]:
    """By the name of a page, the median over some rounds; the bare view's is "bare"."""
    start()
    from django.conf import settings
    from django.test import Client

    # What is measured is a page, not how soon somebody is asked to slow down.
    settings.PAGES_PER_MINUTE = 10**6
    client = Client(headers={"host": "localhost"})
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    taken: dict[str, list[float]] = {}
    for _round in range(ROUNDS):
        for name, path in {"bare": BARE, **paths}.items():
            assert client.get(path).status_code == 200
            taken.setdefault(name, []).append(_each(client, path))
    return {name: 1000 * median(times) for name, times in taken.items()}


def _each(client: Any, path: str) -> float:
    before = time.process_time()
    for _request in range(ASKED):
        client.get(path)
    return (time.process_time() - before) / ASKED
