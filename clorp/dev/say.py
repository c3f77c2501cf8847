"""How `./run` talks: short lines on standard error, so that what a command prints stays clean."""

from __future__ import annotations

import sys


class Trouble(Exception):
    """Something is missing or in the way; the message says what, and what to do."""


def say(line: str = "") -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
