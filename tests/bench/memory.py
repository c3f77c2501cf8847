"""The memory of everything at rest: web and worker as `./run up` starts them, and the database they use.

Proportional set size: memory that processes share is counted once, in parts.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg

from clorp.dev.environment import make_data_folders
from clorp.dev.up import worker_command
from tests.bench.support import fill
from tests.bench.support.rows import Row, at_most
from tests.bench.support.scratch import environment, scratch_database
from tests.bench.support.serving import Caller, web_server

DROPS = 1_000
REQUESTS = 50
SETTLE_SECONDS = 8
KIB_IN_MIB = 1024
WEB_AND_WORKER_MAX_MIB = 400
PAGES = ("/", "/board", "/api/board")

SERVER_PROCESSES = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() OR datname IS NULL"


def run() -> list[Row]:
    if not Path("/proc/self/smaps_rollup").exists():
        print("memory: not measured, it is read from Linux's /proc", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as folder, scratch_database() as url:
        os.environ["CLORP_DATA_DIR"] = folder
        make_data_folders()
        with fill.loading(url) as connection:
            fill.add_users(connection, 100)
            fill.add_open_drops(connection, DROPS, closes_at="now() + interval '1 hour'")
        with (
            web_server(url, API_ANONYMOUS_PER_MINUTE="1000000", PAGES_ANONYMOUS_PER_MINUTE="1000000") as served,
            worker(url) as bells,
        ):
            ask_a_little(served.port)
            time.sleep(SETTLE_SECONDS)
            web, beat, database = tree_mib(served.pid), tree_mib(bells), database_mib(url)
    rows = [
        Row("web at rest", web, "MiB"),
        Row("worker with beat at rest", beat, "MiB"),
        at_most("web and worker at rest", web + beat, "MiB", WEB_AND_WORKER_MAX_MIB),
    ]
    return rows if database is None else [*rows, Row("database at rest", database, "MiB")]


@contextmanager
def worker(url: str) -> Iterator[int]:
    """`./run up`'s worker with beat, which must live to the end; gives its process id."""
    process = subprocess.Popen(worker_command(), env=environment(url))
    try:
        yield process.pid
        if process.poll() is not None:
            raise RuntimeError("The worker ended by itself.")
    finally:
        process.terminate()
        process.wait(20)


def ask_a_little(port: int) -> None:
    """Nothing is at rest before it has worked once: templates are loaded, connections opened, on all threads."""
    callers = [Caller(port, path) for path in PAGES for _ in range(4)]
    with ThreadPoolExecutor(len(callers)) as pool:
        for _ in range(REQUESTS):
            list(pool.map(Caller.ask, callers))


def tree_mib(pid: int) -> float:
    """The process and all its descendants."""
    return sum(pss_mib(each) for each in family(pid))


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def pss_mib(pid: int) -> float:
    pss = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(pss[1]) / KIB_IN_MIB if pss else 0.0


def database_mib(url: str) -> float | None:
    """The server and those of its processes that serve us; None where its memory is not ours to read."""
    with psycopg.connect(url) as connection:
        pids = [row[0] for row in connection.execute(SERVER_PROCESSES)]
        own = connection.info.backend_pid
        try:
            parent = int(Path(f"/proc/{own}/stat").read_text().rpartition(")")[2].split()[1])
            return sum(pss_mib(pid) for pid in {*pids, parent} - {own})
        except OSError:
            print("database memory: not measured, it runs elsewhere or as somebody else", file=sys.stderr)
            return None
