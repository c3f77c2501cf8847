"""Files of the site, saved whole or not at all, under names that nobody foresees meanwhile."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def save_whole(pieces: Iterable[bytes], target: Path) -> None:
    """Write a file beside its place, then move it there. In a folder of many, a link could stand under a known name."""
    descriptor, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:60]}.", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in pieces:
                file.write(piece)
        os.chmod(part, 0o666 & ~_umask())
        os.replace(part, target)
    finally:
        with suppress(OSError):
            os.unlink(part)


def _umask() -> int:
    """Return which rights new files of this process lack. It can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
