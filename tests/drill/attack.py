"""What strangers can do to a running site: served as in production, reached directly and by the proxies found here.

Each attack is refused or harmless, and all the while `/healthz` answers within a second.
"""

from __future__ import annotations

import http.client
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings

from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.scratch import scratch_database
from tests.bench.support.serving import HOST, web_server
from tests.drill.support import insiders
from tests.drill.support.proxies import Way, ways

HEALTH_SECONDS_MAX = 1.0
DRIBBLERS, DRIBBLE_SECONDS = 64, 6
HUGE = 60 * 1024 * 1024
PIECE = b"x" * 65_536
LOGINS = 40
PAGES = 1_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ANSWER_SECONDS_MAX = 2.0
UNPAID_MAX = 5


def run() -> list[Row]:
    for missing in {"caddy", "nginx"} - ways().keys():
        sys.stderr.write(f"attack: not by {missing}, which is not on this machine (apt-get install {missing})\n")
    return [row for name, way in ways().items() for row in _attacked(name, way)]


def _attacked(name: str, way: Way) -> Iterator[Row]:
    """A site of its own for each way: limits by address are counted for all that comes from this machine."""
    with (
        scratch_database() as url,
        web_server(url, TRUST_PROXY="1", STAFF_SECOND_FACTOR="0") as served,
        way(served.port) as port,
        _watched(port) as waits,
    ):
        yield from _by_insiders(name, port, url)
        yield _of_a_huge_body(f"{name}: bytes taken of {HUGE:,} to the login page", name, port, "/accounts/login/")
        yield _of_a_huge_body(f"{name}: bytes taken of {HUGE:,} to the API", name, port, "/api/attachments")
        yield at_least(f"{name}: logins refused of {LOGINS} from forged addresses", _logins_refused(port), "", 10)
        # As many again where a minute ends between them.
        most = 2 * settings.PAGES_ANONYMOUS_PER_MINUTE
        yield at_most(f"{name}: pages of {PAGES:,} in a row until one is refused", _pages_until_refused(port), "", most)
        with _dribbling(port):
            yield at_most(f"{name}: a page while {DRIBBLERS} bodies dribble in", _seconds(port, "/board"), "s", 5.0)
    yield at_most(f"{name}: slowest answer of /healthz all the while", max(waits), "s", HEALTH_SECONDS_MAX)


def _by_insiders(name: str, port: int, url: str) -> Iterator[Row]:
    set_up = alone(insiders.scene, url=url)
    outcome = insiders.try_all(lambda *request: _answer(port, *request), set_up)
    left = alone(insiders.changed, set_up, url=url)
    for title in outcome.passed + outcome.shown:
        sys.stderr.write(f"attack: {name}: {title}\n")
    yield at_most(f"{name}: of {outcome.tried} attempts from within, let through", len(outcome.passed), "", 0)
    yield at_most(f"{name}: of these, showed a word that is sealed", len(outcome.shown), "", 0)
    yield at_most(f"{name}: slowest answer to them", outcome.slowest, "s", ANSWER_SECONDS_MAX)
    yield at_most(f"{name}: contests judged by staff without the right", left["answers"], "", 0)
    yield at_most(f"{name}: unpaid drops of one account", left["unpaid"], "", UNPAID_MAX)
    yield at_most(f"{name}: moved by one confirmation, sent three times", left["moved"], "s", insiders.EXTENDED_SECONDS)
    yield at_least(f"{name}: and moved at all, on record", left["acts"], "", 1)
    most = 2 * insiders.DRAFTS * insiders.DRAFT_LETTERS
    yield at_most(f"{name}: kept of strangers' drafts", left["kept"], "B", most)


def _of_a_huge_body(title: str, name: str, port: int, path: str) -> Row:
    taken = _bytes_taken(port, path)
    # nginx reads on what it has refused and drops it, so that whoever sends it gets to see the answer.
    return Row(title, taken, "B") if name == "nginx" else at_most(title, taken, "B", HUGE / 4)


@contextmanager
def _watched(port: int) -> Iterator[list[float]]:
    """How many seconds `/healthz` took, asked five times a second."""
    waits, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            waits.append(_seconds(port, "/healthz"))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()


def _seconds(port: int, path: str) -> float:
    began = time.monotonic()
    _status(port, "GET", path)
    return time.monotonic() - began


def _status(port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> int:
    return _answer(port, method, path, body, headers or {})[0]


def _answer(port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
    """Return the status and what was sent back; 0 where the line was cut before the whole body was taken."""
    line = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        line.request(method, path, body, {"Host": "localhost", **headers})
        answer = line.getresponse()
        return answer.status, answer.read()
    except (BrokenPipeError, ConnectionResetError):
        return 0, b""
    finally:
        line.close()


def _bytes_taken(port: int, path: str) -> int:
    """Send a huge body to whoever will have it, and return how much of it was taken before an answer or the end."""
    line = socket.create_connection((HOST, port), timeout=20)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    line.sendall(f"{head}Content-Length: {HUGE}\r\n\r\n".encode())
    taken = 0
    line.settimeout(0.2)
    try:
        while taken < HUGE:
            taken += line.send(PIECE)
    except OSError:
        pass
    finally:
        line.close()
    return taken


def _logins_refused(port: int) -> int:
    """Guess the password of many accounts from as many forged addresses; count the guesses that were not looked at."""
    refused = 0
    for number in range(LOGINS):
        forged = f"198.51.100.{number}"
        headers = {**FORM, "X_Forwarded_For": forged, "X-Real_IP": forged, "Cookie": "csrftoken=" + "a" * 32}
        login = f"nobody{number}%40example.com"
        body = f"csrfmiddlewaretoken={'a' * 32}&login={login}&password=guess".encode()
        refused += _status(port, "POST", "/accounts/login/", body, headers) == 429
    return refused


def _pages_until_refused(port: int) -> int:
    return next((number for number in range(PAGES) if _status(port, "GET", f"/board?q={number}") == 429), PAGES)


@contextmanager
def _dribbling(port: int) -> Iterator[None]:
    """Strangers who send a byte of a form now and then."""
    over = threading.Event()
    with ExitStack() as lines:
        open_lines = []
        for _ in range(DRIBBLERS):
            line = lines.enter_context(socket.create_connection((HOST, port), timeout=20))
            line.sendall(
                b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin="
            )
            open_lines.append(line)

        def dribble() -> None:
            while not over.wait(0.5):
                for line in open_lines:
                    try:
                        line.send(b"x")
                    except OSError:
                        continue

        thread = threading.Thread(target=dribble)
        thread.start()
        time.sleep(DRIBBLE_SECONDS)
        try:
            yield
        finally:
            over.set()
            thread.join()
