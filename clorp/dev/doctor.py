"""`./run doctor`: what was found and what was chosen. Says whether a secret is set, never what it is."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from clorp.dev import browser
from clorp.dev.environment import ROOT, data_dir, database_url, is_debug, is_set, prepare_environment
from clorp.dev.say import Trouble, say
from clorp.dev.version import read_version

SECRETS = (
    "SECRET_KEY",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_CONNECT_WEBHOOK_SECRET",
    "EMAIL_URL",
    "FILES_S3_SECRET_KEY",
)


def run_doctor() -> int:
    given = {name: is_set(name) for name in (*SECRETS, "DATABASE_URL", "REDIS_URL", "JUDGE_SEATS")}
    trouble = ""
    try:
        prepare_environment()
    except Trouble as error:
        trouble = str(error)
    lines = [
        ("clorp", read_version(ROOT)),
        ("Python", f"{platform.python_version()} at {sys.executable}"),
        ("uv", str(shutil.which("uv", path=str(Path(sys.executable).parent)) or "not here; pip is used")),
        ("packages", packages_set()),
        ("data folder", str(data_dir())),
        ("DEBUG", "on" if is_debug() else "off"),
        ("database", trouble or database(given["DATABASE_URL"])),
        ("broker", broker(given["REDIS_URL"])),
        ("files", files()),
        ("port", port()),
        ("browser", browser_found()),
        ("redis-server", shutil.which("redis-server") or "not on PATH (only tests use it)"),
        ("judge", f"JUDGE={os.environ.get('JUDGE', 'auto')}, JUDGE_SEATS {set_or_not(given['JUDGE_SEATS'])}"),
        *((name, set_or_not(given[name])) for name in SECRETS),
    ]
    width = max(len(name) for name, _ in lines)
    sys.stdout.write("\n".join(f"{name:<{width}}  {value}" for name, value in lines) + "\n")
    if trouble:
        say("Something is in the way; see above.")
    return 1 if trouble else 0


def set_or_not(is_given: bool) -> str:
    return "set" if is_given else "not set"


def packages_set() -> str:
    stamp = Path(sys.prefix) / ".clorp-stamp"
    kind = stamp.read_text().partition(" ")[0] if stamp.exists() else ""
    return {"dev": "runtime and development", "runtime": "runtime"}.get(kind, "not installed by ./run")


def database(given: bool) -> str:
    """Where the database is and whether it answers; a password in its address is left out."""
    import psycopg

    parts = urlsplit(database_url())
    place = f"{parts.hostname or 'local socket'}:{parts.port or 5432}{parts.path}"
    try:
        with psycopg.connect(database_url(), connect_timeout=5) as connection:
            version = f"PostgreSQL {connection.info.server_version // 10000}, answers"
    except psycopg.Error as error:
        version = f"does not answer ({type(error).__name__})"
    where = place if given else f"embedded, in {data_dir() / 'postgres'}"
    return f"{where}; {version}"


def broker(given: bool) -> str:
    if not given:
        return f"embedded, files in {data_dir() / 'broker'}"
    import redis

    url = os.environ.get("REDIS_URL") or Path(os.environ["REDIS_URL_FILE"]).read_text().strip()
    parts = urlsplit(url)
    try:
        with redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
        state = "answers"
    except redis.RedisError as error:
        state = f"does not answer ({type(error).__name__})"
    return f"Redis at {parts.hostname}:{parts.port or 6379}; {state}"


def files() -> str:
    bucket = os.environ.get("FILES_S3_BUCKET")
    return f"in the bucket {bucket}" if bucket else f"in {data_dir() / 'files'}"


def port() -> str:
    number = os.environ.get("PORT") or "8000"
    with socket.socket() as probe:
        taken = number.isdigit() and probe.connect_ex(("127.0.0.1", int(number))) == 0
    return f"{number} ({'something answers there already' if taken else 'free'})"


def browser_found() -> str:
    path = browser.find_browser()
    if not path:
        return f"none; {browser.HINT}"
    return f"{path}{'; Playwright needs libatomic1' if browser.lacks_libatomic() else ''}"
