"""The site as `./run up` serves it, on a test's database and in a process of its own."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from clorp.dev.environment import ROOT, database_url, with_database
from clorp.dev.up import answers, web_command
from tests.bench.support.serving import free_port

START_SECONDS_MAX = 60.0
# A site that has to be killed is a fault, and one that stops slowly on a busy machine is none.
STOP_SECONDS_MAX = 60


@dataclass(frozen=True)
class Served:
    port: int
    process: subprocess.Popen[bytes]
    log: IO[str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def output(self) -> str:
        """All that it has printed. Into a file: a full pipe would stop it."""
        self.log.seek(0)
        return self.log.read()


@contextmanager
def serve(database: str, *, port: int | None = None, **environment: str) -> Iterator[Served]:
    """Serve on `port`, else on one that is free."""
    port = port or free_port()
    url = with_database(database_url(), database)
    everything = {**os.environ, "DEBUG": "1", "DATABASE_URL": url, "REDIS_URL": "", "STAFF_SECOND_FACTOR": "0"}
    everything |= environment
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(  # noqa: S603
            [*web_command(port), "--workers-kill-timeout", str(STOP_SECONDS_MAX)],
            cwd=ROOT,
            env=everything,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        served = Served(port, process, log)
        try:
            until = time.monotonic() + START_SECONDS_MAX
            while not answers(port):
                assert process.poll() is None and time.monotonic() < until, served.output()
                time.sleep(0.05)
            yield served
        finally:
            process.terminate()
            process.wait()
