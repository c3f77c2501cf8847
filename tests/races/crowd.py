"""Threads that start together, each with a database connection of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from core.errors import Refused

# However slow the machine is: whoever waits so long waits for something that does not come.
SECONDS_MAX = 60
BLOCKED_BY_US = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run all calls at the same moment; gives each one's result, or the exception it raised."""
    gate = Barrier(len(calls), timeout=SECONDS_MAX)

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            gate.wait()
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=SECONDS_MAX) for future in [pool.submit(run, call) for call in calls]]


def crashed(results: list[Any]) -> list[Exception]:
    """Return what ended in neither a result nor a refusal."""
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]


def wait_for(what: Callable[[], Any]) -> None:
    """Return once it is so."""
    until = time.monotonic() + SECONDS_MAX
    while not what():
        assert time.monotonic() < until, "It never came to that."
        time.sleep(0.05)


def somebody_waits_for_our_lock() -> bool:
    """Whether somebody waits for a lock that this transaction holds."""
    with connection.cursor() as cursor:
        cursor.execute(BLOCKED_BY_US)
        return bool(cursor.fetchone()[0])
