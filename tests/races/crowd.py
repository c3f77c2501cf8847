"""Threads that start together, each with a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from core.errors import Refused


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run all calls at the same moment; gives each one's result, or the exception it raised."""
    gate = Barrier(len(calls), timeout=30)

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
        return [future.result(timeout=60) for future in [pool.submit(run, call) for call in calls]]


def crashed(results: list[Any]) -> list[Exception]:
    """Return what ended in neither a result nor a refusal."""
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]
