"""A database of the benchmark's own on the server of DATABASE_URL, gone afterwards."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import LiteralString
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

# As production runs: DEBUG would keep every query in memory, and HTTPS would answer with redirects.
AS_IN_PRODUCTION = {"DEBUG": "0", "HTTPS": "0", "PLAY_MONEY": "1", "ALLOWED_HOSTS": "localhost,127.0.0.1"}


@contextmanager
def scratch_database() -> Iterator[str]:
    """The URL of a new, migrated, empty database."""
    source, name = migrated_once(), new_name()
    on_server("CREATE DATABASE {} TEMPLATE {}", name, source)
    try:
        yield url_of(name)
    finally:
        on_server("DROP DATABASE {} WITH (FORCE)", name)


@cache
def migrated_once() -> str:
    """The name of a database that the others are copied from: migrating takes seconds, a copy half of one."""
    name = new_name()
    on_server("CREATE DATABASE {}", name)
    atexit.register(on_server, "DROP DATABASE {} WITH (FORCE)", name)
    manage(url_of(name), "migrate", "-v0")
    manage(url_of(name), "createcachetable", "-v0")
    return name


def new_name() -> str:
    return f"clorp_bench_{uuid.uuid4().hex[:8]}"


def url_of(name: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def on_server(statement: LiteralString, *names: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def environment(url: str, **more: str) -> dict[str, str]:
    return {**os.environ, **AS_IN_PRODUCTION, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "clorp.settings", **more}


def manage(url: str, *command: str) -> None:
    """Run a management command against the scratch database; what it says goes to stderr, beside the figures."""
    subprocess.run([sys.executable, "manage.py", *command], env=environment(url), check=True, stdout=2)
