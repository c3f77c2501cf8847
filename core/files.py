"""Files, which lie outside the database: a store that is away, what nothing needs any more, and all that is there."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime

from django.core.files.storage import Storage
from django.utils.translation import gettext_lazy as _

from core.errors import Refused

log = logging.getLogger(__name__)

RETRY_SECONDS = 5


class StoreAway(Refused):
    code = "storage_away"
    status = 503
    headers: Mapping[str, str] = {"Retry-After": str(RETRY_SECONDS)}
    message = _("We can't reach our file storage right now.")
    next_step = _("Try again in a few seconds.")


def let_go(storage: Storage, path: str) -> None:
    """Delete a file that nothing needs any more. Where that can't be done now, the nightly sweep does it."""
    try:
        storage.delete(path)
    except (StoreAway, OSError):
        log.warning("a file is left to the sweep", extra={"path": path}, exc_info=True)


def stored_below(storage: Storage, folder: str) -> Iterator[tuple[str, datetime]]:
    """Yield the path of each file below a folder, and when it came; of a store with lists, by these alone."""
    listed = getattr(storage, "listed_below", None)
    yield from listed(folder) if listed else _walked_below(storage, folder)


def _walked_below(storage: Storage, folder: str) -> Iterator[tuple[str, datetime]]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        try:
            yield f"{folder}/{name}", storage.get_modified_time(f"{folder}/{name}")
        except FileNotFoundError:
            continue
    for name in folders:
        yield from _walked_below(storage, f"{folder}/{name}")
