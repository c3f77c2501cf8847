"""Small disks of a drill's own, which can be filled up to the last block."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FILLER = "filler"
BLOCK_BYTES = 4_096


class NoMounts(Exception):
    """This machine lets us mount nothing."""


@contextmanager
def small_disk(folder: Path, megabytes: int, owner: str | None = None) -> Iterator[Path]:
    """A disk of so many megabytes on that folder, which is made. Raises NoMounts."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "clorp-drill", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:  # noqa: S603
        raise NoMounts
    try:
        if owner:
            shutil.chown(folder, owner, owner)
        yield folder
    finally:
        # Whoever still has a file open there keeps it until then.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607


def fill(disk: Path, *, leave_blocks: int = 0) -> bool:
    """Fill it, but for so many blocks; whether the machine has said that there is no more room."""
    with (disk / FILLER).open("ab", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * BLOCK_BYTES)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        size = file.tell() // BLOCK_BYTES * BLOCK_BYTES
        file.truncate(max(0, size - leave_blocks * BLOCK_BYTES))
    return True


def empty(disk: Path) -> None:
    with suppress(FileNotFoundError):
        os.unlink(disk / FILLER)


def used(disk: Path) -> int:
    """Bytes that lie there, also of files without a name, but for what fills it."""
    filler = disk / FILLER
    return shutil.disk_usage(disk).used - (filler.stat().st_blocks * 512 if filler.exists() else 0)
