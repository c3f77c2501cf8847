"""Requests that are not known to be done: each request's Idempotency-Key, kept until it is answered.

Whoever is killed on the way and runs the same command again sends the same key, so the site does it once.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from clorp_cli.places import read_json, state_folder, write_private

# The site remembers a key for 24 hours.
KEPT_SECONDS = 23 * 3600


@dataclass(frozen=True)
class Intent:
    key: str
    path: Path

    def forget(self) -> None:
        with suppress(OSError):
            self.path.unlink()


def begin(*parts: str) -> Intent:
    """Return the intent of these parts (site, account, request): that of an earlier try, else a new one, on disk."""
    folder = state_folder() / "requests"
    name = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    path = folder / f"{name}.json"
    kept = read_json(path)
    if isinstance(kept.get("key"), str) and time.time() - _age_mark(kept) < KEPT_SECONDS:
        return Intent(kept["key"], path)
    intent = Intent(f"clorp-cli-{uuid4()}", path)
    if kept:
        intent.forget()
    _drop_old(folder)
    try:
        write_private(path, {"key": intent.key, "at": time.time()}, is_new=True)
    except FileExistsError:
        # The same command has just been started beside this one.
        return Intent(str(read_json(path).get("key") or intent.key), path)
    return intent


def _age_mark(kept: dict[str, object]) -> float:
    at = kept.get("at")
    return float(at) if isinstance(at, int | float) else 0.0


def _drop_old(folder: Path) -> None:
    for path in folder.glob("*.json"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                path.unlink()
