"""Started anew and upgraded under load, one web after the other as docs/operators.md says: no request fails."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psutil

from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.serving import free_port
from tests.drill.support.callers import ask, visitors
from tests.drill.support.front import fronts
from tests.drill.support.players import ENTRANTS, Players
from tests.drill.support.proxies import missing, rows_of_missing
from tests.drill.support.seats import seat_crowd
from tests.drill.support.town import Town, town, wait_for
from tests.drill.support.versions import check_out, empty_database, git, version_before

ROUNDS = int(os.environ.get("DRILL_ROUNDS", "2"))
UPGRADES = int(os.environ.get("DRILL_ROUNDS", "1"))
GAMES, WINDOW_SECONDS, REVISIONS = 3, 30, 4
SETTLE_SECONDS = 3.0
# Until the last process of a web was started anew: two of them, of which the old one has 20 s, on a machine with work.
RELOAD_SECONDS_MAX = 150.0
# As compose.yaml and the units have it.
GRACE_SECONDS = 20.0
WEBS = ("web", "web2")
# Tells the proxies which web is about to be away; None when all are back.
LeaveOut = Callable[[int | None], None]
Way = Callable[[Town, LeaveOut], int]


def run() -> list[Row]:
    rows = [*rows_of_missing("rolling", missing())]
    for name, way in {"by reload": reload, "one after the other": one_by_one}.items():
        with town() as place:
            rows += _under_load(place, f"restart {name}", [way] * ROUNDS)
    return rows + [row for number in range(UPGRADES) for row in _upgraded(f"upgrade {number + 1}")]


def _upgraded(name: str) -> Iterator[Row]:
    """From the version of before, in a database that it has made."""
    with town() as place:
        before = version_before()
        sys.stderr.write(f"rolling: {name} from {before[:8]} to {git('rev-parse', 'HEAD')[:8]}\n")
        put(place, before)
        empty_database(place)
        for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
            place.manage(*command)
        yield from _under_load(place, name, [upgrade])


def put(place: Town, commit: str) -> None:
    """Lay out a version in a folder of its own, and let what is started from now on be of it."""
    folder = check_out(commit, place.folder / f"clorp-{commit[:8]}")
    link = place.folder / "clorp.new"
    link.symlink_to(folder)
    place.code = link.rename(place.folder / "clorp")


def reload(place: Town, _: LeaveOut) -> int:
    """As `systemctl reload 'clorp-web@*'`; 1 if each web runs on, with other processes."""
    webs = [psutil.Process(place.residents[name].process.pid) for name in WEBS]
    before = {one.pid for web in webs for one in web.children()}
    for web in webs:
        web.send_signal(signal.SIGHUP)

    def is_done() -> bool:
        now = [{one.pid for one in web.children()} for web in webs]
        return all(len(each) == 2 and not each & before for each in now)

    wait_for("all processes of the webs are others", is_done, RELOAD_SECONDS_MAX)
    restart_others(place)
    return int(all(web.is_running() for web in webs))


def one_by_one(place: Town, leave_out: LeaveOut) -> int:
    """As `docker compose up -d --no-deps --wait` of one web after the other; 1 if each is another one now."""
    before = {name: place.residents[name].process.pid for name in WEBS}
    for name in WEBS:
        sys.stderr.write(f"rolling: {name} stops at {time.time():.1f}\n")
        port = port_of(place, name)
        leave_out(port)
        place.residents[name].stop(GRACE_SECONDS)
        place.start_web(name, port)
        wait_for(f"{name} is well", lambda port=port: ask(port, "GET", "/healthz")[0] == 200)
        leave_out(None)
    restart_others(place)
    return int(all(place.residents[name].process.pid != before[name] for name in WEBS))


def restart_others(place: Town) -> None:
    place.stop("worker")
    place.start_worker()
    place.stop("beat")
    place.start_beat()


def upgrade(place: Town, leave_out: LeaveOut) -> int:
    """A folder beside the old one, and its migrations; then the link to it, and one web after the other."""
    new = git("rev-parse", "HEAD")
    beside = replace(place, code=check_out(new, place.folder / f"clorp-{new[:8]}"), residents={})
    for command in (["collectstatic", "--noinput", "-v0"], ["migrate", "-v0"]):
        beside.manage(*command)
    put(place, new)
    return one_by_one(place, leave_out) and int(all(runs_in(place, name) == beside.code for name in WEBS))


def runs_in(place: Town, name: str) -> Path:
    return Path(psutil.Process(place.residents[name].process.pid).cwd())


def port_of(place: Town, name: str) -> int:
    command = place.residents[name].command
    return int(command[command.index("--port") + 1])


def _under_load(place: Town, name: str, ways: list[Way]) -> Iterator[Row]:
    with ExitStack() as stack:
        webs = [free_port() for _ in WEBS]
        keys = seat_crowd(place, GAMES, GAMES * ENTRANTS * 5)
        for web, port in zip(WEBS, webs, strict=True):
            place.start_web(web, port)
        place.start_worker()
        place.start_beat()
        proxies = stack.enter_context(fronts(webs))
        doors = {proxy: front.port for proxy, front in proxies.items()} or {"direct": webs[0]}

        def leave_out(web: int | None) -> None:
            for front in proxies.values():
                front.leave_out(web)

        agents = [keys["compete"][game::GAMES] for game in range(GAMES)]
        players = Players([*doors.values()], keys["send"], agents, window_seconds=WINDOW_SECONDS, revisions=REVISIONS)
        groups = {proxy: stack.enter_context(visitors(port, 1)) for proxy, port in doors.items()}
        wait_for("visitors are answered", lambda: all(len(group.well()) > 20 for group in groups.values()))
        with players.playing():
            wait_for("players play", lambda: len(players.receipts) > 3)
            landed = 0
            for way in ways:
                sys.stderr.write(f"rolling: {name}: {way.__name__} at {time.time():.1f}\n")
                landed += way(place, leave_out)
                time.sleep(SETTLE_SECONDS)
            entered = len(players.receipts)
        answers = [one for group in groups.values() for one in group.answers]
        odd = [one for group in groups.values() for one in group.odd()]
        slowest = max(one.seconds for one in answers)
        for stranger in [*{(one.status, one.path.partition("?")[0]) for one in odd}][:10]:
            sys.stderr.write(f"rolling: {name}: {stranger}\n")
        sys.stderr.write(f"rolling: {name}: {players.passed[:20]} {players.faults[:5]}\n")
        for fault in [fault for web in WEBS for fault in place.faults(web)[:4]]:
            sys.stderr.write(f"rolling: {name}: {fault[:200]} … {fault[-1500:]}\n")
    yield at_least(f"{name}: times", landed, "", len(ways))
    yield at_least(f"{name}: visits meanwhile", len(answers), "", 100)
    yield at_most(f"{name}: of these, failed", len(odd), "", 0)
    yield Row(f"{name}: the slowest", slowest, "s")
    yield at_least(f"{name}: entries sent meanwhile", entered, "", ENTRANTS)
    yield at_most(f"{name}: calls that failed", players.passing.total() + len(players.faults), "", 0)
    yield from _left(place, name, players)


def _left(place: Town, name: str, players: Players) -> Iterator[Row]:
    held = {digest for (digest,) in place.ask_all("SELECT sha256 FROM drops_revision")}
    yield at_most(f"{name}: receipts lost", len({*players.receipts} - held), "", 0)
    yield at_most(f"{name}: drops that did not end", place.unended(60), "", 0)
    for process in ("beat", "worker", *WEBS):
        place.stop(process)
    broken = place.fails("migrate", "--check") or place.fails("check_ledger")
    yield at_most(f"{name}: broken books, or a migration that is missing", broken, "", 0)
