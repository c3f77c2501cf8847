"""`./run test`, `./run screens` and `./run bench`: the same set-up, with data of their own."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from clorp.dev import postgres
from clorp.dev.contact_sheet import make_contact_sheet
from clorp.dev.environment import (
    ROOT,
    data_dir,
    database_url,
    is_set,
    prepare_environment,
    run,
    use_data_dir,
    with_database,
)
from clorp.dev.say import say

SCREENS = ROOT / "docs" / "screens"
TAKING_PICTURES = ("tests/journeys/screens.py", "tests/journeys/screens_of_edges.py")
CONTACT_SHEET = ROOT / "test-results" / "screens.png"

# Ends, with its number, the database's name of a run beside another.
BESIDE = "_run"

# Given any of these, how tests are spread over processes is the caller's business.
SPREADING = ("-n", "--numprocesses", "--pdb", "-s", "--capture=no", "--trace", "--collect-only", "--co")

# Fifty agents claim at once in one test; in all others it is at most twenty threads, and what they are served by.
WIDEST_TEST_CONNECTIONS, USUAL_TEST_CONNECTIONS = 50, 25

# An operator's own keys and addresses must never be what a test or benchmark talks to.
OUTSIDE_WORLD = (
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_CONNECT_WEBHOOK_SECRET",
    "STRIPE_API_BASE",
    "JUDGE",
    "JUDGE_SEATS",
    "EMAIL_URL",
    "FILES_S3_BUCKET",
)


def forget_outside_world() -> None:
    for name in OUTSIDE_WORLD:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)


def run_tests(arguments: list[str]) -> int:
    forget_outside_world()
    prepare_environment()
    with run_of_its_own() as number:
        use_data_dir("test" if number == 1 else f"test-{number}")
        return run_pytest(arguments)


@contextlib.contextmanager
def run_of_its_own() -> Iterator[int]:
    """Tests may run beside each other in one clone: each run but the first has a database and data of its own."""
    folder = data_dir() / "run"
    folder.mkdir(exist_ok=True)
    for number in itertools.count(1):
        with (folder / f"test-{number}").open("w") as mark:
            try:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if number > 1:
                use_database(f"clorp{BESIDE}{number}")
            yield number
            return


def run_pytest(arguments: list[str]) -> int:
    # Or each process would compile what it imports anew, and pytest would rewrite every test.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # What `auto` means to pytest-xdist: by itself it counts cores, and those of others too.
    os.environ.setdefault("PYTEST_XDIST_AUTO_NUM_WORKERS", str(process_count()))
    # Journeys come one after the other, and would all fall to the process that gets the first of them.
    shared_out = ["-n", "auto", "--dist", "worksteal"]
    spread = [] if any(argument.startswith(SPREADING) for argument in arguments) else shared_out
    with redis_for_tests():
        return run([sys.executable, "-m", "pytest", *spread, *arguments])


def run_screens(arguments: list[str]) -> int:
    """Take the pictures of docs/screens/ anew, and put them on one sheet; arguments go to pytest."""
    code = run_tests(["-n", "0", "-q", *TAKING_PICTURES, *arguments])
    if code:
        return code
    make_contact_sheet(folder=SCREENS, to=CONTACT_SHEET)
    say(f"{SCREENS.relative_to(ROOT)}/ is new; all of it on one sheet: {CONTACT_SHEET.relative_to(ROOT)}")
    return 0


def process_count() -> int:
    """Return one process more than there are CPUs for us, as far as the database's connections go.

    One of them mostly waits, for a browser.
    """
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    spare = postgres.connections_max(database_url()) - WIDEST_TEST_CONNECTIONS
    return max(1, min(cpus + 1, spare // USUAL_TEST_CONNECTIONS))


@contextlib.contextmanager
def redis_for_tests() -> Iterator[None]:
    """A Redis of our own for the tests that need one, where none is given and the program is there.

    It goes into CLORP_TEST_REDIS_URL, not REDIS_URL: all other tests run on the embedded broker, as a
    newcomer's first start does.
    """
    program = shutil.which("redis-server")
    if is_set("REDIS_URL") or is_set("CLORP_TEST_REDIS_URL") or not program:
        yield
        return
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        flags = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
        server = subprocess.Popen([program, *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            if listens(port):
                os.environ["CLORP_TEST_REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
            else:
                say("A Redis for the tests did not start; what needs one will say so.")
            yield
        finally:
            server.terminate()
            server.wait(10)


def listens(port: int, seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


def run_benchmarks(arguments: list[str]) -> int:
    """Benchmarks get their own database on the same server, and run as production does: with DEBUG off."""
    return run_apart("bench", arguments)


def run_drills(arguments: list[str]) -> int:
    """As benchmarks; their Stripe is the double's."""
    return run_apart("drill", arguments)


def use_database(name: str) -> None:
    """Another database on the server of DATABASE_URL, made where it is missing."""
    postgres.create_database(database_url(), name)
    os.environ["DATABASE_URL"] = with_database(database_url(), name)
    os.environ.pop("DATABASE_URL_FILE", None)


def run_apart(name: str, arguments: list[str]) -> int:
    forget_outside_world()
    prepare_environment()
    use_data_dir(name)
    use_database(f"clorp_{name}")
    os.environ |= {"DEBUG": "0", "HTTPS": "0", "PLAY_MONEY": "1"}
    os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,testserver")
    prepared = subprocess.run([sys.executable, "-m", "clorp.dev.prepare"], cwd=ROOT, check=False)
    if prepared.returncode:
        return prepared.returncode
    return run([sys.executable, "-m", f"tests.{name}", *arguments])
