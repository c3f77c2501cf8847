"""Who calls on a site all the while: visitors who only look, and agents who repeat until they are answered."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PATHS = ("/board", "/api/board", "/", "/leaderboard", "/accounts/login/", "/api/me")
PAUSE_SECONDS = 0.05
ANSWER_SECONDS_MAX = 30.0


@dataclass(frozen=True)
class Answer:
    at: float
    status: int
    path: str
    retry_after: str | None
    seconds: float

    @property
    def is_well(self) -> bool:
        """Whether it is as on any day: a page, or that one has to log in first."""
        return 200 <= self.status < 500


@dataclass
class Visitors:
    """Threads that ask a site's pages and API in turn, each on a connection of its own; `answers` is what they got.

    Status 0 is a connection that was refused or cut.
    """

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def visit(self, number: int) -> None:
        while not self.is_over.wait(PAUSE_SECONDS):
            number += 1
            # Each from somewhere else, or they would soon be too many from one place.
            self.headers["X-Forwarded-For"] = f"8.{number // 65_536 % 256}.{number // 256 % 256}.{number % 256}"
            self.answers.append(self.look_at(f"{PATHS[number % len(PATHS)]}?visit={number}"))

    def look_at(self, path: str) -> Answer:
        began = time.monotonic()
        status, retry_after = 0, None
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS_MAX)
        try:
            connection.request("GET", path, headers={"Host": "localhost", **self.headers})
            answer = connection.getresponse()
            answer.read()
            status, retry_after = answer.status, answer.headers.get("Retry-After")
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        ended = time.monotonic()
        return Answer(ended, status, path, retry_after, ended - began)

    def counts(self, since: float = 0.0) -> Counter[int]:
        return Counter(answer.status for answer in self.answers if answer.at >= since)

    def well(self, since: float = 0.0) -> list[Answer]:
        return [answer for answer in self.answers if answer.at >= since and answer.is_well]

    def odd(self) -> list[Answer]:
        """All others than those; counted as they are, since more may come while two lists are compared."""
        return [answer for answer in self.answers if not answer.is_well]

    def unkind(self, since: float = 0.0) -> list[Answer]:
        """The requests that were neither answered nor refused with when to come back."""
        seen = [answer for answer in self.answers if answer.at >= since]
        return [one for one in seen if one.status in {0, 500, 502, 504} or (one.status == 503 and not one.retry_after)]


@contextmanager
def visitors(port: int, count: int = 4, **headers: str) -> Iterator[Visitors]:
    group = Visitors(port, headers)
    threads = [threading.Thread(target=group.visit, args=(100_000 * n,), daemon=True) for n in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield group
    finally:
        group.is_over.set()
        for thread in threads:
            thread.join(ANSWER_SECONDS_MAX)


def ask(port: int, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, object]]:
    """Status and JSON of one call; (0, {}) where the connection was refused or cut."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS_MAX)
    sent = None if body is None else json.dumps(body)
    try:
        connection.request(method, path, sent, {"Host": "localhost", "Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        told = answer.read()
        if told.startswith(b"{"):
            return answer.status, json.loads(told)
        # A proxy that answers in the site's place names itself.
        return answer.status, {"by": answer.headers.get("Server")} if answer.status >= 500 else {}
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()
