"""A night's backup on an empty machine, and the server brought back to a moment: books, files and pages are whole."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote

import psycopg

from clorp.dev.environment import ROOT, with_database
from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.serving import free_port
from tests.drill.agents import seat_players
from tests.drill.support.kept import Missing, Promises, look, now, play
from tests.drill.support.town import Town, postgres_server, town, wait_for

TIMES = 5
SCRIPTS = ROOT / "docs/operations/backup"
AGENTS = ["one", "two", "three"]
# A mistake of the kind that brings a backup out: done, committed, and not to be undone.
MISTAKE = "DROP TABLE drops_revision CASCADE"


def run() -> list[Row]:
    # It would name each request.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with town() as place, wal_kept(place):
        base = script("clorp-base", place)
        games = [*play_games(place)]
        place.ask_nothing(MISTAKE)
        for name in ("beat", "worker", "web"):
            place.stop(name)
        nights = [restored(place, night, before) for night, before, *_ in games]
        moments = [brought_back(place, base, moment, promised) for *_, promised, moment in games]
        return [*rows_of("a night's backup", nights), *rows_of("back to a moment", moments), *kept_small(place)]


def play_games(place: Town) -> Iterator[tuple[str, Promises, Promises, datetime]]:
    """Of each game: the backup made while it went on, what was promised before that, and in all until which moment."""
    port = free_port()
    # Before the worker comes: it would ring the bells that are rung for them.
    place.keys = alone(seat_players, AGENTS, url=place.url)
    promised = Promises([digest for (digest,) in place.ask_all("SELECT sha256 FROM drops_revision")])
    place.start_web("web", port)
    place.start_worker()
    place.start_beat()
    agents = [place.keys[name] for name in AGENTS]
    backup = partial(script, "clorp-backup", place)
    for number in range(TIMES):
        night, before, more = play(f"http://127.0.0.1:{port}", place.keys["sender"], agents, number, backup)
        before, promised = promised + before, promised + more
        yield night, before, promised, now(place)


def script(name: str, place: Town, *arguments: str, **more: str) -> str:
    """Run one of the operators' scripts, and return the last line it says."""
    command, place_and_more = [str(SCRIPTS / name), *arguments], settings(place, **more)
    done = subprocess.run(command, env=place_and_more, check=True, stdout=subprocess.PIPE)  # noqa: S603
    return done.stdout.decode().strip().rpartition("\n")[2]


def settings(place: Town, **more: str) -> dict[str, str]:
    folders = {"BACKUPS": "backups", "BASES": "bases", "WAL": "wal"}
    here = {name: str(place.folder / folder) for name, folder in folders.items()}
    path = f"{programs()}:{os.environ['PATH']}"
    return {**place.environment(), **here, "PATH": path, "BACKUPS_KEPT": str(TIMES), **more}


@cache
def programs() -> Path:
    """Where the programs of the PostgreSQL lie that the drills run."""
    return Path(postgres_server().bin_path)


@contextmanager
def wal_kept(place: Town) -> Iterator[None]:
    """As `clorp-wal` under supervision: it fetches on, and ends with the drill."""
    log = (place.folder / "wal.log").open("ab")
    keeper = subprocess.Popen([str(SCRIPTS / "clorp-wal")], env=settings(place), stdout=log, stderr=log)  # noqa: S603
    try:
        wait_for(
            "the server's changes are fetched", lambda: place.ask("SELECT active FROM pg_replication_slots") == (True,)
        )
        yield
    finally:
        keeper.terminate()
        keeper.wait(30)
        place.ask_nothing("SELECT pg_drop_replication_slot('clorp')")


def restored(place: Town, night: str, promised: Promises) -> tuple[bool, Missing]:
    """A backup in an empty database and an empty folder, with a web of its own."""
    folder = Path(tempfile.mkdtemp(dir=place.folder, prefix="restored-"))
    server = with_database(place.url, "postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS restored WITH (FORCE)")
        connection.execute("CREATE DATABASE restored")
    other = Town(folder, with_database(server, "restored"), place.redis_port)
    script("clorp-restore", other, night)
    return seen(other, place.keys, promised)


def brought_back(place: Town, base: str, moment: datetime, promised: Promises) -> tuple[bool, Missing]:
    """The whole server as it was at the moment, on a folder of its own, with the files as they are."""
    home = Path(tempfile.mkdtemp(dir=place.folder, prefix="back-"))
    script("clorp-restore-to", place, base, moment.isoformat(), PGDATA=str(home / "postgres"))
    hand_over(home, place.folder / "wal")
    with server_on(home / "postgres"):
        other = Town(place.folder, f"postgres://postgres@/town?host={quote(str(home / 'postgres'))}", place.redis_port)
        wait_for("the server has opened", lambda: answers(other) and other.ask("SELECT NOT pg_is_in_recovery()")[0])
        is_sound, missing = seen(other, place.keys, promised)
        # Nothing of what came afterwards may be there either.
        later = {digest for (digest,) in other.ask_all("SELECT sha256 FROM drops_revision")} - {*promised.receipts}
        return is_sound, Missing(missing.receipts | later, missing.files, missing.pages)


@contextmanager
def server_on(folder: Path) -> Iterator[None]:
    """A PostgreSQL on that folder, with its socket there. The library's own start gives up after ten seconds."""
    command = [str(programs() / "postgres"), "-D", str(folder), "-h", "", "-k", str(folder)]
    log = (folder.parent / "log").open("ab")
    server = subprocess.Popen(command, user=postgres_server().system_user, stdout=log, stderr=log)  # noqa: S603
    try:
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def answers(place: Town) -> bool:
    with suppress(psycopg.OperationalError):
        return bool(place.ask("SELECT true")[0])
    return False


def hand_over(*folders: Path) -> None:
    """Give folders to whoever runs the server, which is not root."""
    if name := postgres_server().system_user:
        for path in (each for folder in folders for each in (folder, *folder.rglob("*"))):
            shutil.chown(path, name, name)
        folders[0].parent.chmod(0o755)


def seen(other: Town, keys: dict[str, str], promised: Promises) -> tuple[bool, Missing]:
    """Whether the books are in order, and what is missing."""
    is_sound = not other.fails("check_ledger")
    port = free_port()
    other.start_web("restored", port)
    try:
        return is_sound, look(other, f"http://127.0.0.1:{port}", [*keys.values()], promised)
    finally:
        other.stop("restored")


def rows_of(what: str, outcomes: list[tuple[bool, Missing]]) -> Iterator[Row]:
    yield at_least(f"{what}: books in order, of {TIMES}", sum(is_sound for is_sound, _ in outcomes), "", TIMES)
    missing = [each for _, each in outcomes]
    yield at_most(f"{what}: receipts missing or of later", sum(len(each.receipts) for each in missing), "", 0)
    yield at_most(f"{what}: files missing or other", sum(len(each.files) for each in missing), "", 0)
    yield at_most(f"{what}: pages that do not answer", sum(len(each.pages) for each in missing), "", 0)


def kept_small(place: Town) -> Iterator[Row]:
    """A newer copy of the server lets go of what only older ones needed."""
    place.ask_nothing("SELECT pg_switch_wal()")
    before = len(os.listdir(place.folder / "wal"))
    script("clorp-base", place, BASES_KEPT="1")
    yield at_least(
        "back to a moment: files of changes let go by a newer copy",
        before - len(os.listdir(place.folder / "wal")),
        "",
        1,
    )
    bases = [path for path in (place.folder / "bases").iterdir() if path.is_dir()]
    yield at_most("back to a moment: copies kept, of one wanted", len(bases), "", 1)
