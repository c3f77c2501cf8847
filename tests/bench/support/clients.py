"""Client processes that start together: each prepares, waits for the others, and works.

The work is a function `(start, *arguments)` that calls `start()` once it is prepared; what it
returns must fit into JSON. The clients are forked from one process that has Django set up on the
scratch database: `python -m tests.bench.support.clients MODULE:FUNCTION ARGUMENTS`.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from tests.bench.support.scratch import environment

PREPARE_SECONDS_MAX = 60
SECONDS_MAX = 120

Start = Callable[[], object]


def together(
    work: Callable[..., Any], arguments: Sequence[Sequence[object]], *, url: str, seconds_max: float = SECONDS_MAX
) -> list[Any]:
    """Run `work` in one process for each of `arguments`, let them go at the same moment, and return what they did."""
    command = [sys.executable, "-m", "tests.bench.support.clients", f"{work.__module__}:{work.__name__}"]
    done = subprocess.run(
        [*command, json.dumps(arguments)],
        env=environment(url),
        stdout=subprocess.PIPE,
        check=True,
        timeout=PREPARE_SECONDS_MAX + seconds_max,
    )
    results: list[Any] = json.loads(done.stdout)
    return results


def alone(work: Callable[..., Any], *arguments: object, url: str, seconds_max: float = SECONDS_MAX) -> Any:
    """Run `work` in one process of its own."""
    return together(work, [arguments], url=url, seconds_max=seconds_max)[0]


def main(work: str, arguments: str) -> None:
    import django

    django.setup()
    module, _, name = work.partition(":")
    function = getattr(importlib.import_module(module), name)
    clients = json.loads(arguments)
    fork = multiprocessing.get_context("fork")
    barrier = fork.Barrier(len(clients), timeout=PREPARE_SECONDS_MAX)
    # Each waits for the others, so that none can be given a second share of the work.
    with ProcessPoolExecutor(len(clients), mp_context=fork, initializer=wait_at, initargs=[barrier]) as pool:
        results = [each.result() for each in [pool.submit(function, start, *client) for client in clients]]
    print(json.dumps(results))


barriers: list[Any] = []


def wait_at(barrier: Any) -> None:
    """Where this client's `start()` waits; a barrier reaches a process only while it is forked."""
    barriers.append(barrier)


def start() -> None:
    barriers[0].wait()


if __name__ == "__main__":
    # The module's other self, by its name: the clients' `start` must find the barrier that was set here.
    from tests.bench.support import clients

    clients.main(*sys.argv[1:])
