"""Attempts on a running site of those without an account. Whatever is no answer of a working site stops the drill."""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.bench.support.serving import HOST

DRIBBLERS, DRIBBLE_SECONDS = 64, 6
HUGE = 150 * 1024 * 1024
PIECE = b"x" * 65_536
CSRF = "a" * 32
FORM = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": CSRF}
# What somebody adds who would like to be a neighbour that came by https.
FORGED = ("X_Forwarded_For", "X-Forwarded-For", "X-Real_IP", "Forwarded_For")
FORGED_HTTPS = {"X_Forwarded_Proto": "https", "X-Forwarded-Proto": "https", "X_Forwarded-Proto": "https"}
MINUTE = 60
LOGINS_A_MINUTE, LOGINS_MAX = 30, 200
PAGES_MAX = 1_500
GUESSES = 24
# What is said of a guess that was compared; of others, that there were too many.
WRONG = b"Incorrect code"
SESSION = re.compile(r"sessionid=[^;]+")
DOORS = {
    "/accounts/signup/": {"password1": "another good one"},
    "/accounts/login/": {"password": "a wrong one"},
    "/accounts/login/code/": {},
    "/accounts/password/reset/": {},
}


class Unexpected(Exception):
    """An answer that a site which works never gives here, so that what it would be counted for means nothing."""


@dataclass(frozen=True)
class Answer:
    """An answer as it came back; the status is 0 where the line was cut before the whole body was taken."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def answer_of(
    port: int,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    *,
    seconds_max: float = 30,
) -> Answer:
    line = http.client.HTTPConnection(HOST, port, timeout=seconds_max)
    try:
        line.request(method, path, body, {"Host": "localhost", **(headers or {})})
        answer = line.getresponse()
        named: dict[str, str] = {}
        for name, value in answer.getheaders():
            named[name.lower()] = f"{named.get(name.lower(), '')}{value}; "
        return Answer(answer.status, _read(answer), named)
    except (BrokenPipeError, ConnectionResetError):
        return Answer(0)
    finally:
        line.close()


def _read(answer: http.client.HTTPResponse) -> bytes:
    """Return what came of an answer: of one to a body that was never read, the end may be lost with the connection."""
    try:
        return answer.read()
    except http.client.IncompleteRead as cut:
        return cut.partial


def seconds(port: int, path: str, **headers: str) -> float:
    """Return how long a page takes that is shown."""
    began = time.monotonic()
    expect(answer_of(port, "GET", path, headers=headers), path, 200)
    return time.monotonic() - began


def expect(answer: Answer, path: str, *statuses: int) -> Answer:
    if answer.status not in statuses:
        raise Unexpected(f"{path}: {answer.status}")
    return answer


def send(port: int, path: str, form: dict[str, str], cookies: str = "", **headers: str) -> Answer:
    """Send a form as a browser would."""
    named = {**FORM, "Cookie": f"csrftoken={CSRF}; {cookies}", **headers}
    return answer_of(port, "POST", path, urlencode(form).encode(), named)


def send_huge(port: int, path: str, *, is_chunked: bool) -> None:
    """Send a huge form, as far as it is taken before an answer or the end."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    length = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {HUGE}"
    piece = b"%x\r\n%s\r\n" % (len(PIECE), PIECE) if is_chunked else PIECE
    with socket.create_connection((HOST, port), timeout=20) as line:
        line.sendall(f"{head}{length}\r\n\r\n".encode())
        line.settimeout(2)
        try:
            for _ in range(HUGE // len(PIECE)):
                line.sendall(piece)
        except OSError:
            return


def forged_gains(port: int) -> list[str]:
    """Return what is had by headers that only a proxy may send."""
    forged = {**dict.fromkeys(FORGED, "10.0.0.1"), **FORGED_HTTPS}
    figures = expect(answer_of(port, "GET", "/metrics", headers=forged), "/metrics", 200, 403)
    robots = expect(answer_of(port, "GET", "/robots.txt", headers=forged), "/robots.txt", 200)
    if b"://localhost" not in robots.body:
        raise Unexpected(robots.body)
    return ["figures"] * (figures.status == 200) + ["https"] * (b"https://" in robots.body)


def logins_until_refused(port: int) -> tuple[int, int]:
    """Guess passwords from as many forged addresses; return how many were looked at, and how many may be."""
    began = time.monotonic()
    for number in range(LOGINS_MAX):
        forged = dict.fromkeys(FORGED, f"198.51.100.{number}")
        guess = {"login": f"nobody{number}@example.com", "password": "guess"}
        if expect(send(port, "/accounts/login/", guess, **forged), "/accounts/login/", 200, 429).status == 429:
            break
    return number, LOGINS_A_MINUTE * _minutes_since(began)


def pages_until_refused(port: int, a_minute: int) -> tuple[int, int]:
    """Ask for pages in a row; return how many were shown, and how many may be."""
    began = time.monotonic()
    for number in range(PAGES_MAX):
        if expect(answer_of(port, "GET", f"/board?q={number}"), "/board", 200, 429).status == 429:
            break
    return number, a_minute * _minutes_since(began)


def _minutes_since(began: float) -> int:
    """Return how many minutes of a limit may have begun meanwhile."""
    return 2 + int((time.monotonic() - began) / MINUTE)


def codes_looked_at(port: int, email: str) -> int:
    """Guess a mailed code many times at once; return how often it was compared."""
    asked = expect(send(port, "/accounts/login/code/", {"email": email}), "/accounts/login/code/", 302)
    session = SESSION.search(asked.headers.get("set-cookie", ""))
    if session is None:
        raise Unexpected("a code is sent, and no session holds it")
    path = asked.headers["location"].removesuffix("; ")
    with ThreadPoolExecutor(GUESSES) as pool:
        guesses = [pool.submit(send, port, path, {"code": f"WRON{number:02}"}, session[0]) for number in range(GUESSES)]
    return sum(WRONG in expect(guess.result(), path, 200, 302, 429).body for guess in guesses)


def telling_doors(port: int, known: str) -> list[str]:
    """Return the doors that answer another way for an address that has an account."""
    unknown = "somebody.else@example.com"
    return [path for path, form in DOORS.items() if _told(port, path, form, known) != _told(port, path, form, unknown)]


def _told(port: int, path: str, form: dict[str, str], email: str) -> tuple[int, str | None, str]:
    answer = expect(send(port, path, {"email": email, "login": email, **form}), path, 200, 302)
    text = answer.body.decode().replace(email, "EMAIL")
    text = re.sub(r'(csrfmiddlewaretoken" value|server-now" content|nonce)="[^"]*"', "", text)
    return answer.status, answer.headers.get("location"), text


@contextmanager
def dribbling(port: int) -> Iterator[None]:
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


class Watch:
    """Asks `/healthz` five times a second, and keeps how long each answer took; what goes wrong ends the drill."""

    def __init__(self, port: int) -> None:
        self.port, self.waits, self.over = port, list[float](), threading.Event()
        self.trouble: Exception | None = None
        self.began = self.ended = time.monotonic()
        self.thread = threading.Thread(target=self.watch)

    def watch(self) -> None:
        try:
            while not self.over.wait(0.2):
                self.waits.append(seconds(self.port, "/healthz"))
        except Exception as trouble:  # raised again where somebody hears it
            self.trouble = trouble

    def __enter__(self) -> Watch:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()
        self.ended = time.monotonic()
        if self.trouble is not None:
            raise self.trouble

    @property
    def answers_min(self) -> int:
        """Return how many answers there must be at least: one in two seconds, since none may take more than one."""
        return max(1, int((self.ended - self.began) / 2))
