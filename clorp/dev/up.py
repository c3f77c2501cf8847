"""`./run up`: the web server and the worker as two children of this process; one dies, both end."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time

from clorp.dev.environment import ROOT, data_dir, is_debug, prepare_environment
from clorp.dev.say import Trouble, say

WORKER_THREADS = 4
START_SECONDS_MAX = 60.0
# Open streams, and bodies that come slowly, hold nothing but a connection; granian would take some hundreds.
CONNECTIONS_MAX = 8_192
STOP_SECONDS_MAX = 10.0
PORTS = range(1, 65536)


class Stop(BaseException):
    """Somebody asked us to end."""


def run_up(arguments: list[str]) -> int:
    if arguments:
        raise Trouble("./run up takes no arguments; settings come from the environment, as PORT=8001 ./run up.")
    port = free_port()
    prepare_environment()
    logins = update_database()
    signal.signal(signal.SIGINT, raise_stop)
    signal.signal(signal.SIGTERM, raise_stop)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        children["web"] = start(web_command(port))
        children["worker"] = start(worker_command())
        wait_until_it_answers(children, port)
        say(welcome(port, logins))
        return wait_for_the_first_to_end(children)
    except Stop:
        say("\nStopping …")
        # Ctrl-C reached the children too; a second signal at once would cut short what they finish.
        wait_for_all(children, seconds=1.5)
        return 0
    finally:
        end_all(children)


def raise_stop(*_: object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Stop


def free_port() -> int:
    """The port to serve on. Refuses kindly when it is no port or another program has it."""
    given = os.environ.get("PORT") or "8000"
    if not given.isascii() or not given.isdigit() or int(given) not in PORTS:
        raise Trouble(f"PORT is {given!r}, which is no port number.")
    port = int(given)
    os.environ["PORT"] = str(port)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Trouble(f"Port {port} needs more rights than you have. Try PORT=8000 ./run up.") from None
        except OSError:
            raise Trouble(
                f"Port {port} is taken, perhaps by another clorp. Stop that one, or: PORT={port + 1} ./run up"
            ) from None
    return port


def update_database() -> str:
    """Migrate and seed in a process of its own, whose memory goes with it; return the demo logins it printed."""
    command = [sys.executable, "-m", "clorp.dev.prepare", *(["--demo"] if is_debug() else [])]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Trouble("The database could not be brought up to date; the lines above say why.")
    return done.stdout.strip()


def web_command(port: int, application: str = "clorp.asgi:application") -> list[str]:
    """Pages, API and streams from one process on one port; production starts more of the same."""
    return [
        *(os.path.join(os.path.dirname(sys.executable), "granian"), application),
        *("--interface", "asgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--backlog", str(CONNECTIONS_MAX), "--backpressure", str(CONNECTIONS_MAX)),
        *("--runtime-mode", "st", "--http", "1", "--no-ws", "--log-level", "warning", "--workers-kill-timeout", "5"),
    ]


def worker_command() -> list[str]:
    """Threads, not processes: tasks wait for the database, and one that takes long must not delay the bell."""
    return [
        *(sys.executable, "-W", "ignore:You're running the worker with superuser"),
        *("-m", "celery", "--quiet", "-A", "clorp", "worker", "-B", "--without-gossip", "--without-mingle"),
        *("--pool", "threads", "--concurrency", str(WORKER_THREADS), "--loglevel", "warning"),
        *("--schedule", str(data_dir() / "beat-schedule")),
    ]


def start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=ROOT)  # noqa: S603


def wait_until_it_answers(children: dict[str, subprocess.Popen[bytes]], port: int) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while not answers(port):
        ended = [name for name, child in children.items() if child.poll() is not None]
        if ended:
            raise Trouble(f"The {ended[0]} ended while it started; the lines above say why.")
        if time.monotonic() > until:
            raise Trouble(f"Nothing answered on port {port} within {START_SECONDS_MAX:.0f} seconds.")
        time.sleep(0.1)


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def welcome(port: int, logins: str) -> str:
    told = [f"clorp is up: http://localhost:{port}", logins, "Ctrl-C stops it."]
    return "\n" + "\n\n".join(part for part in told if part) + "\n"


def wait_for_the_first_to_end(children: dict[str, subprocess.Popen[bytes]]) -> int:
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                say(f"The {name} ended by itself (exit code {child.returncode}), so everything stops.")
                return 1
        time.sleep(0.3)


def wait_for_all(children: dict[str, subprocess.Popen[bytes]], *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(child.poll() is None for child in children.values()):
        time.sleep(0.05)


def end_all(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask those that still run to end, wait, and insist."""
    for ask in (subprocess.Popen.terminate, subprocess.Popen.kill):
        for child in children.values():
            if child.poll() is None:
                ask(child)
        wait_for_all(children, seconds=STOP_SECONDS_MAX)
