"""Where files are kept, and how: for this user alone, and whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click


def config_folder() -> Path:
    """Return where credentials are: XDG's place, or what is usual on Windows and a Mac."""
    return Path(os.environ.get("CLORP_CONFIG_DIR") or click.get_app_dir("clorp"))


def state_folder() -> Path:
    """Return where requests are kept until they are answered."""
    if named := os.environ.get("CLORP_STATE_DIR"):
        return Path(named)
    if os.name == "nt" or (home := os.environ.get("XDG_STATE_HOME", "")) == "":
        return config_folder() / "state" if os.name == "nt" else Path.home() / ".local" / "state" / "clorp"
    return Path(home) / "clorp"


def private_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def write_private(path: Path, data: object, *, is_new: bool = False) -> None:
    """Write JSON for this user alone. Whoever is killed meanwhile leaves the old file.

    `is_new` never takes the place of another file. Raises FileExistsError where somebody was faster.
    """
    import tempfile

    private_folder(path.parent)
    # mkstemp makes it 0600.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(data, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            os.link(temporary, path)
        else:
            os.replace(temporary, path)
    finally:
        with suppress(OSError):
            os.unlink(temporary)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let one process at a time do something with a file. Where there are no such locks, nobody waits."""
    try:
        from fcntl import LOCK_EX, flock
    except ImportError:
        yield
        return
    with private_folder(path.parent).joinpath(f".{path.name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def read_json(path: Path) -> dict[str, Any]:
    """Return a file's JSON object; an empty one where there is none, or where it can't be read as one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
