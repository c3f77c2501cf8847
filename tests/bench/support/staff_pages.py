"""The admin's pages in a process of their own, as a superuser asks for them: how long each takes, and its queries."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User


def superusers_client() -> tuple[Client, User]:
    """A client of somebody who sees every page, and may ask for as many as they like."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User

    settings.STAFF_SECOND_FACTOR = False
    settings.PAGES_PER_MINUTE = 1_000_000
    # Which file a style comes from is nothing that this measures.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    client, chief = Client(SERVER_NAME="localhost"), User.objects.create_superuser("chief@house.example")
    client.force_login(chief)
    return client, chief


def ask(client: Client, url: str, *, turns: int) -> tuple[list[float], int]:
    """Seconds of each turn behind a first one that fills caches, and the queries of one more. Raises RuntimeError."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    seconds = []
    for _ in range(turns + 1):
        began = time.perf_counter()
        answer = client.get(url)
        seconds.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answered {answer.status_code}.")
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    return seconds[1:], len(seen)
