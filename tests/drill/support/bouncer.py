"""PgBouncer before a town's PostgreSQL, in transaction mode: each transaction may be another connection's."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from tests.bench.support.serving import free_port, listens
from tests.drill.support.town import postgres_server, wait_for

# The version that learned to carry prepared statements from one connection to the next.
CARRIES_FROM = (1, 21)
POOL = 4
CONFIGURATION = """
[databases]
* = host={host} port={port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {pool}
max_client_conn = 500
server_round_robin = 1
{more}
"""
HELD = "SELECT pg_backend_pid(), (SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s)"


def program() -> str | None:
    """The PgBouncer to drill: PGBOUNCER, else the machine's."""
    return os.environ.get("PGBOUNCER") or shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


def version(path: str) -> tuple[int, int]:
    told = subprocess.run([path, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603
    return read_version(told)


def read_version(told: str) -> tuple[int, int]:
    numbers = re.search(r"PgBouncer (\d+)\.(\d+)", told)
    if numbers is None:
        raise LookupError(told)
    return int(numbers[1]), int(numbers[2])


@contextmanager
def bouncing(url: str, path: str, *, carries: bool) -> Iterator[str]:
    """The database's URL by way of the bouncer, which carries prepared statements or loses them."""
    own = free_port()
    more = f"max_prepared_statements = {200 if carries else 0}" if version(path) >= CARRIES_FROM else ""
    server = parse_qs(urlsplit(url).query)
    text = CONFIGURATION.format(host=server["host"][0], port=server["port"][0], own=own, pool=POOL, more=more)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pgbouncer.ini"
        file.write_text(text)
        Path(folder).chmod(0o755)
        # It refuses to run as root; whom the server runs as may come to its socket.
        user = postgres_server().system_user
        command = [path, *(["-u", user] if user else []), str(file)]
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603
        try:
            wait_for("PgBouncer answers", lambda: listens(own), 20)
            yield f"postgres://postgres@127.0.0.1:{own}{urlsplit(url).path}"
        finally:
            # At once: by SIGTERM newer ones wait for all who are connected.
            process.send_signal(signal.SIGQUIT)
            process.wait(10)


def prepared(url: str, like: str) -> dict[int, int]:
    """By the process of each connection that the bouncer keeps: how many such statements are prepared on it."""
    with ExitStack() as stack:
        ways = [stack.enter_context(psycopg.connect(url, prepare_threshold=None)) for _ in range(POOL)]
        # Each holds one until its transaction ends, so that none is asked twice.
        return dict(way.execute(HELD, [like]).fetchone() or (0, 0) for way in ways)
