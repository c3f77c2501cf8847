"""How long the command line takes to start: whole processes, as a shell waits for them, beside an empty Python."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from clorp.dev.environment import ROOT
from tests.bench.support.rows import Row, at_most

STARTS = 21
START_MAX_MS = 150
COMMANDS = {"help": ["--help"], "help on a command": ["submit", "--help"], "version": ["--version"]}


def run() -> list[Row]:
    empty = median_ms(["-c", "pass"])
    starts = {name: median_ms(["-m", "clorp_cli", *arguments]) for name, arguments in COMMANDS.items()}
    rows = [at_most(f"clorp {name}, start to end", took, "ms", START_MAX_MS) for name, took in starts.items()]
    return [Row("an empty Python", empty, "ms"), *rows, Row("of that clorp's own", starts["version"] - empty, "ms")]


def median_ms(arguments: list[str]) -> float:
    return statistics.median(process_ms(arguments) for _ in range(STARTS))


def process_ms(arguments: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "cli")},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return (time.perf_counter() - begun) * 1000
