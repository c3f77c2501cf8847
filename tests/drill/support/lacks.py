"""A drill that this machine can't play, for want of something."""

from __future__ import annotations

import os
import sys

from tests.bench.support.rows import Row, at_most


def lacking(name: str, told: str) -> list[Row]:
    """Say what is not drilled and why; where nothing may be missing, that fails the drill, by a row of this name."""
    sys.stderr.write(f"{told}\n")
    required = os.environ.get("CLORP_REQUIRE_ALL") == "1"
    return [at_most(name, 1, "", 0)] * required
