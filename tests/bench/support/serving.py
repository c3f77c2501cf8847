"""The real web server on a loopback port, and who asks it: wrk where it is on PATH, else a small client of our own.

Ratios from the two are alike as long as the same one asks both sides, which is the case within a run.
"""

from __future__ import annotations

import itertools
import random
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache

from clorp.dev.up import web_command
from tests.bench.support.scratch import environment, manage

CONNECTIONS = 8
START_SECONDS_MAX = 60
HOST = "127.0.0.1"
# Below those that Linux and macOS draw from, and above those that services are known by.
FREE_PORTS = (15_000, 32_000)


@dataclass(frozen=True)
class Served:
    port: int
    pid: int


class NotServed(Exception):
    """The server answered something else than 200, so that its speed means nothing."""


@contextmanager
def web_server(url: str, *, command: Callable[[int], list[str]] = web_command, **more: str) -> Iterator[Served]:
    """Production's web server, or another one, on the scratch database, once it listens."""
    collect_static(url)
    port = free_port()
    server = subprocess.Popen(command(port), env=environment(url, **more))
    try:
        until = time.monotonic() + START_SECONDS_MAX
        while not listens(port):
            if server.poll() is not None or time.monotonic() > until:
                raise NotServed("The web server did not start.")
            time.sleep(0.1)
        yield Served(port, server.pid)
    finally:
        server.terminate()
        server.wait(20)


@cache
def collect_static(url: str) -> None:
    """Production's pages name their files by the manifest that this makes."""
    manage(url, "collectstatic", "--noinput", "-v0")


def free_port() -> int:
    """A port where nobody listens, to be listened at a moment later: none of those that connections of other processes
    are given to come from, which could take it meanwhile."""
    while True:
        port = random.SystemRandom().randrange(*FREE_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


@dataclass
class Caller:
    """One kept connection that asks for one path again and again."""

    port: int
    path: str
    waiting: bytes = b""
    line: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.line = socket.create_connection((HOST, self.port), timeout=30)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, path: str | None = None) -> bytes:
        """The answer's body."""
        self.line.sendall(f"GET {path or self.path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        while b"\r\n\r\n" not in self.waiting:
            self.more()
        head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise NotServed(f"{path or self.path}: {head.splitlines()[0].decode()}")
        size = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        if size is None:
            raise NotServed(f"{path or self.path}: no Content-Length")
        while len(self.waiting) < int(size[1]):
            self.more()
        body, self.waiting = self.waiting[: int(size[1])], self.waiting[int(size[1]) :]
        return body

    def more(self) -> None:
        data = self.line.recv(262_144)
        if not data:
            raise NotServed(f"{self.path}: the server hung up")
        self.waiting += data


def seconds_each(callers: list[Caller], rounds: int) -> list[list[float]]:
    """How long each caller waits, asking in turns: whatever else the machine does then weighs on all alike."""
    times: list[list[float]] = [[] for _ in callers]
    for _ in range(rounds):
        for caller, waited in zip(callers, times, strict=True):
            began = time.perf_counter()
            caller.ask()
            waited.append(time.perf_counter() - began)
    return times


@dataclass(frozen=True)
class Load:
    """The load of eight connections: answers a second, and how long 99 of 100 of them waited at most."""

    rate: float
    p99_seconds: float


def load(port: int, path: str, *, seconds: float, fresh: bool = False) -> Load:
    """Ask as fast as answers come. `fresh` makes every address a new one, which no cache has seen."""
    address = f"{path}{'&' if '?' in path else '?'}fresh={time.monotonic_ns()}-" if fresh else path
    return (_wrk_load if shutil.which("wrk") else _own_load)(port, address, seconds, fresh)


def rate(port: int, path: str, *, seconds: float, fresh: bool = False) -> float:
    """Answers a second to eight connections."""
    return load(port, path, seconds=seconds, fresh=fresh).rate


def _wrk_load(port: int, address: str, seconds: float, fresh: bool) -> Load:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-H", "Host: localhost"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if fresh:
            script.write(
                f'local n = 0\nrequest = function() n = n + 1 return wrk.format("GET", "{address}" .. n) end\n'
            )
            script.flush()
            command += ["-s", script.name]
        address = "" if fresh else address
        finished = subprocess.run(
            [*command, f"http://{HOST}:{port}{address}"], check=True, capture_output=True, text=True
        )
    rate = re.search(r"Requests/sec:\s+([\d.]+)", finished.stdout)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", finished.stdout)
    if rate is None or p99 is None or "Non-2xx" in finished.stdout or "Socket errors" in finished.stdout:
        raise NotServed(f"{address}: {finished.stdout}")
    return Load(float(rate[1]), float(p99[1]) * {"us": 1e-6, "ms": 1e-3, "s": 1}[p99[2]])


def _own_load(port: int, address: str, seconds: float, fresh: bool) -> Load:
    until = time.monotonic() + seconds
    numbers = itertools.count()

    def ask_until_then(caller: Caller) -> list[float]:
        waits = []
        while (began := time.monotonic()) < until:
            caller.ask(f"{address}{next(numbers)}" if fresh else None)
            waits.append(time.monotonic() - began)
        return waits

    callers = [Caller(port, address) for _ in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        waits = sorted(itertools.chain(*pool.map(ask_until_then, callers)))
    return Load(len(waits) / seconds, waits[len(waits) * 99 // 100])
