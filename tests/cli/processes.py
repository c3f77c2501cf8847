"""The command line as a process of its own: piped, or at a pseudo-terminal with somebody who types."""

from __future__ import annotations

import errno
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from tests.house import ROOT

CLORP = [sys.executable, "-m", "clorp_cli"]
SECONDS_MAX = 60.0


def surroundings(**more: str) -> dict[str, str]:
    """The environment of a process that finds the command line and its double."""
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'cli'}{os.pathsep}{ROOT}", **more}


def start(command: Sequence[str], **more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(**more),
    )


def at_terminal(
    arguments: Sequence[str], answers: Sequence[tuple[str, str]], env: Mapping[str, str]
) -> tuple[int, str]:
    """Run the command line at a pseudo-terminal; each answer is typed once its question is shown.

    Returns the exit code and all that was shown.
    """
    person, terminal = pty.openpty()
    process = subprocess.Popen(  # noqa: S603
        [*CLORP, *arguments], stdin=terminal, stdout=terminal, stderr=terminal, env={**surroundings(), **env}
    )
    os.close(terminal)
    shown, seen, left, until = "", 0, list(answers), time.monotonic() + SECONDS_MAX
    try:
        while (piece := read_some(person, until)) is not None:
            shown += piece
            while left and (at := shown.find(left[0][0], seen)) >= 0:
                seen = at + len(left[0][0])
                os.write(person, left.pop(0)[1].encode())
        assert not left, f"{left[0][0]!r} was never asked:\n{shown}"
        return process.wait(SECONDS_MAX), shown
    finally:
        process.kill()
        process.wait()
        os.close(person)


def read_some(person: int, until: float) -> str | None:
    """The text shown next; None once the terminal is closed."""
    ready, _, _ = select.select([person], [], [], max(0.0, until - time.monotonic()))
    assert ready, "The command line is stuck."
    try:
        return os.read(person, 65_536).decode(errors="replace") or None
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return None
