"""The environment that `./run` gives to Django: what the operator set stays, what is missing is chosen here."""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path

from clorp.dev import postgres

ROOT = Path(__file__).resolve().parents[2]


def is_set(name: str) -> bool:
    """Whether the operator gave `name`, by value or as a file that holds it."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def is_debug() -> bool:
    return os.environ.get("DEBUG", "1").lower() in {"1", "true", "on", "ok", "y", "yes"}


def data_dir() -> Path:
    return Path(os.environ.get("CLORP_DATA_DIR") or ROOT / ".data").expanduser().resolve()


def prepare_environment() -> None:
    """Set what Django needs and is missing; start the embedded database where none is given."""
    os.chdir(ROOT)
    if not os.environ.get("DEBUG"):
        os.environ["DEBUG"] = "1"
    os.environ["CLORP_DATA_DIR"] = str(data_dir())
    data_dir().mkdir(parents=True, exist_ok=True)
    # Outside development nothing is made up: settings refuse to start and say what is missing.
    if is_debug() and not is_set("SECRET_KEY"):
        os.environ["SECRET_KEY"] = kept_secret_key(data_dir() / "secret_key")
    if not is_set("DATABASE_URL"):
        os.environ["DATABASE_URL"] = postgres.start(data_dir() / "postgres")
    make_data_folders()
    # WhiteNoise warns where it is missing; it is filled only in production.
    (ROOT / "staticfiles").mkdir(exist_ok=True)


def make_data_folders() -> None:
    for folder in ("broker/messages", "broker/control", "files", "outbox"):
        (data_dir() / folder).mkdir(parents=True, exist_ok=True)


def use_data_dir(name: str) -> None:
    """Move files, mails and the embedded broker aside, so that tests and benchmarks leave the demo's alone."""
    os.environ["CLORP_DATA_DIR"] = str(data_dir() / name)
    make_data_folders()


def kept_secret_key(path: Path) -> str:
    """The secret key of this clone, made once and readable by its owner only."""
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(60))
    return path.read_text().strip()


def database_url() -> str:
    """The database's address, also where it was given as a file."""
    file = os.environ.get("DATABASE_URL_FILE")
    return os.environ.get("DATABASE_URL") or (Path(file).read_text().strip() if file else "")


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    scheme, _, rest = url.partition("://")
    address, mark, options = rest.partition("?")
    return f"{scheme}://{address.partition('/')[0]}/{name}{mark}{options}"


def run(command: list[str]) -> int:
    """Run a command in the foreground and give back its exit code; Ctrl-C is the command's to answer."""
    process = subprocess.Popen(command, cwd=ROOT)  # noqa: S603
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
