"""The site as `./run up` serves it, on a test's database and in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from clorp.dev.environment import ROOT, database_url, with_database
from clorp.dev.up import answers, everything_command

START_SECONDS_MAX = 60.0


@dataclass(frozen=True)
class Served:
    port: int
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@contextmanager
def serve(**environment: str) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = with_database(database_url(), str(connection.settings_dict["NAME"]))
    everything = {**os.environ, "DEBUG": "1", "DATABASE_URL": url, "REDIS_URL": "", **environment}
    process = subprocess.Popen(  # noqa: S603
        everything_command(port), cwd=ROOT, env=everything, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        until = time.monotonic() + START_SECONDS_MAX
        while not answers(port):
            assert process.poll() is None and time.monotonic() < until, process.communicate()[0]
            time.sleep(0.05)
        yield Served(port, process)
    finally:
        process.terminate()
        process.communicate()
