"""A disk is full: of files, of bodies on their way, of the database. People are told so; nothing half done is left."""

from __future__ import annotations

import logging
import os
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg

from clorp.dev.environment import with_database
from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.serving import free_port
from tests.drill.support.callers import visitors
from tests.drill.support.disks import NoMounts, empty, fill, small_disk, used
from tests.drill.support.lacks import lacking
from tests.drill.support.town import Town, postgres_server, town, wait_for

ROUNDS = int(os.environ.get("DRILL_ROUNDS", "5"))
# What is sent finds room neither in memory, where it may be a megabyte, nor on a disk that is full.
FILE_BYTES = 1_500_000
FILES_MB, BODIES_MB, TABLES_MB = 96, 24, 16
# So that what is sent is begun to be written.
BLOCKS_LEFT = 8
CSRF = "a" * 32
TOLD = "no room to store this"
SMALL_DISK = "CREATE TABLESPACE small LOCATION '{}'"
WRITTEN = ("drops_revision", "accounts_idempotencykey", "drops_drop", "drops_dropwords")
ROWS = "SELECT (SELECT count(*) FROM drops_attachment), (SELECT count(*) FROM drops_drop)"


@dataclass
class Caller:
    """A sender with a key and a browser; `answers` counts what each way of sending something was answered by."""

    port: int
    key: str
    cookie: str
    answers: Counter[str] = field(default_factory=Counter)
    sent: int = 0

    def send(self, method: str, path: str, **what: object) -> httpx.Response:
        headers = {"Host": "localhost", "X-CSRFToken": CSRF, "Referer": "http://localhost/"}
        if path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self.key}"
        else:
            headers["Cookie"] = f"csrftoken={CSRF}; sessionid={self.cookie}"
        answer = httpx.request(method, f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=60, **what)  # type: ignore[arg-type]
        if answer.status_code != 429:
            return answer
        time.sleep(float(answer.headers["Retry-After"]))
        return self.send(method, path, **what)

    def content(self) -> bytes:
        """Another file than any before."""
        self.sent += 1
        return f"# Ferry {self.sent}\n".encode() + os.urandom(8).hex().encode() * (FILE_BYTES // 16)

    def upload(self) -> httpx.Response:
        return self.send("POST", "/api/attachments", files={"file": ("entry.md", self.content())})

    def form(self) -> httpx.Response:
        terms = {
            "prompt": f"Name ferry {self.sent}.",
            "pack": "wild",
            "price": "5",
            "window": "300",
            "token": uuid.uuid4().hex,
        }
        return self.send("POST", "/drops/new", data=terms, files={"uploads": ("entry.md", self.content())})

    def post(self) -> httpx.Response:
        self.sent += 1
        prompt = f"Name ferry {self.sent}. " + os.urandom(8_000).hex()
        terms = {"prompt": prompt, "time_limit_seconds": 60, "price_cents": 200, "confirmed": True}
        return self.send("POST", "/api/jobs/run", json=terms)


def seat(start: Callable[[], object]) -> tuple[str, str]:
    """A key and a session of a sender who has money."""
    from django.test import Client

    from accounts.keys import create_key
    from core import clock
    from tests import play

    start()
    now = clock.now()
    sender = play.fund(play.make_user("sender"), 100_000, now=now)
    client = Client(headers={"host": "localhost"})
    client.force_login(sender, backend="allauth.account.auth_backends.AuthenticationBackend")
    key = create_key(user=sender, name="sender", scopes=["read", "send"], now=now)[1]
    return key, client.cookies["sessionid"].value


def run() -> list[Row]:
    # It would name each request.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with ExitStack() as stack:
        place = stack.enter_context(town())
        try:
            files = stack.enter_context(small_disk(place.folder / "files", FILES_MB))
            bodies = stack.enter_context(small_disk(place.folder / "bodies", BODIES_MB))
            tables = stack.enter_context(small_disk(place.folder / "tables", TABLES_MB, postgres_server().system_user))
        except NoMounts:
            told = "disk: this machine lets us mount nothing, so there is no small disk to fill"
            return lacking("disk: mounts that were not allowed", told)
        port = free_port()
        place.folder.chmod(0o755)
        key, cookie = alone(seat, url=place.url)
        lay_tables(place, tables)
        # Else the server would look for them at its next start, when that disk is gone.
        stack.callback(take_tables_back, place)
        place.start_web("web", port, TMPDIR=str(bodies), UNPAID_DROPS_MAX="1000")
        caller = Caller(port, key, cookie)
        disks = {"files": files, "bodies": bodies, "tables": tables}
        return [row for name, disk in disks.items() for row in _full(place, caller, name, disk)]


def take_tables_back(place: Town) -> None:
    with psycopg.connect(with_database(place.url, "postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE town WITH (FORCE)")
        connection.execute("DROP TABLESPACE small")


def lay_tables(place: Town, disk: Path) -> None:
    """Let what people write lie on a small disk of its own."""
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(SMALL_DISK.format(disk))  # type: ignore[arg-type]
        for name in WRITTEN:
            connection.execute(f"ALTER TABLE {name} SET TABLESPACE small")  # type: ignore[arg-type]


def _full(place: Town, caller: Caller, name: str, disk: Path) -> Iterator[Row]:
    ways = {"tables": [caller.post]}.get(name, [caller.upload, caller.form])
    landed = litter = changed = healed = 0
    told: Counter[str] = Counter()
    with visitors(caller.port, 1) as group:
        for _ in range(ROUNDS):
            wait_for("all is well", lambda: all(map(is_taken, [way() for way in ways])), 20)
            before, rows = used(disk), place.ask(ROWS)
            landed += fill(disk, leave_blocks=0 if name == "tables" else BLOCKS_LEFT)
            for way in ways:
                told[kind_of(way())] += 1
            time.sleep(0.2)
            changed += place.ask(ROWS) != rows
            litter += max(0, used(disk) - before)
            empty(disk)
            healed += all(is_taken(way()) for way in ways)
    sys.stderr.write(f"disk: {name}: {dict(told)}\n")
    title = f"disk of {name} full"
    yield at_least(f"{title}: times", landed, "", ROUNDS)
    kindly = sum(count for kind, count in told.items() if kind in KINDLY)
    yield at_least(f"{title}: of what was sent, told that there is no room", kindly, "", ROUNDS * len(ways))
    if name != "tables":
        yield at_most(f"{title}: bytes left of it", litter, "", 0)
    yield at_most(f"{title}: times it has left a row", changed, "", 0)
    yield at_least(f"{title}: times all was taken again at once", healed, "", ROUNDS)
    yield at_least(f"{title}: visits meanwhile", len(group.answers), "", 20)
    yield at_most(f"{title}: of these, failed", len(group.odd()), "", 0)


KINDLY = {"507 storage_full", "507 page", "422 page that tells", "503 database_away", "503 with Retry-After"}


def kind_of(answer: httpx.Response) -> str:
    """In few words what was answered."""
    if answer.headers.get("content-type", "").endswith("json"):
        return f"{answer.status_code} {answer.json().get('code')}"
    if answer.status_code == 503 and "Retry-After" in answer.headers:
        return "503 with Retry-After"
    return f"{answer.status_code} page" + " that tells" * (answer.status_code == 422 and TOLD in answer.text)


def is_taken(answer: httpx.Response) -> bool:
    return answer.status_code in {200, 201, 302}
