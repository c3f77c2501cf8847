"""Any process of a site is killed at any moment, under load behind proxies: nothing is lost, doubled or left behind.

Those who play repeat what was not answered, with the same `Idempotency-Key`, as docs/agents.md says; whoever ends is
started again as by our units.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import psutil

from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.serving import free_port, listens
from tests.drill.support.callers import Visitors, visitors
from tests.drill.support.front import fronts
from tests.drill.support.keeper import Keeper, kept, strays
from tests.drill.support.players import ENTRANTS, Players
from tests.drill.support.proxies import missing, rows_of_missing
from tests.drill.support.seats import seat_crowd
from tests.drill.support.town import Town, postgres_server, town, wait_for

# Of each kind of process.
ROUNDS = int(os.environ.get("DRILL_ROUNDS", "5"))
PAUSE_SECONDS = (2.5, 5.0)
# The shortest window that people may choose.
GAMES, WINDOW_SECONDS, REVISIONS = 6, 60, 8
DEAD_SECONDS_MAX = 5.0
# By docs/operators.md the worker closes what is due; a drop's first questions are asked by it too.
SETTLED_SECONDS_MAX = 90.0
WEBS = ("web", "web2")
PAID_TWICE = """
SELECT count(*) FROM drops_drop d WHERE status = 'completed'
AND (SELECT count(*) FROM ledger_transfer t WHERE t.reason = 'payout:' || d.id) <> 1
"""
POSTED_TWICE = "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) n FROM drops_drop GROUP BY prompt) each"
SENT_TWICE = """
SELECT coalesce(sum(n - 1), 0)
FROM (SELECT count(*) n FROM drops_revision r JOIN drops_submission s ON s.id = r.submission_id
      GROUP BY s.drop_id, r.body) each
"""


def run() -> list[Row]:
    with ExitStack() as stack:
        place = stack.enter_context(town())
        webs = [free_port() for _ in WEBS]
        games = max(3, ROUNDS)
        keys = seat_crowd(place, GAMES, GAMES * games * ENTRANTS)
        for name, port in zip(WEBS, webs, strict=True):
            place.start_web(name, port)
        place.start_worker()
        place.start_beat()
        proxies = stack.enter_context(fronts(webs))
        agents = [keys["compete"][game::GAMES] for game in range(GAMES)]
        doors = [front.port for front in proxies.values()] or webs
        players = Players(doors, keys["send"], agents, window_seconds=WINDOW_SECONDS, revisions=REVISIONS)
        with kept(place) as keeper, visitors(doors[0], 2) as group:
            wait_for("visitors are answered", lambda: len(group.well()) > 20)
            with players.playing():
                killed = kill_all(place)
            rows = [*_suffered(players, group, killed, keeper), *_settled(place, players)]
            rows += [at_most("kill: processes left of those that were killed", len(strays(place)), "", 0)]
        return [*rows_of_missing("kill", missing()), *rows, *_shut(place, webs)]


def kinds() -> dict[str, Callable[[Town], list[psutil.Process]]]:
    """Who may be killed, by what they are; the proxy and PostgreSQL's first process are the machine's, not ours."""
    return {
        "web": lambda place: [first(place, name) for name in WEBS],
        "process of a web": lambda place: [one for name in WEBS for one in first(place, name).children()],
        "worker": lambda place: [first(place, "worker")],
        "beat": lambda place: [first(place, "beat")],
        "Redis": lambda place: [first(place, "redis")],
        "process of PostgreSQL": lambda place: psutil.Process(postgres_server().get_pid()).children(),
    }


def first(place: Town, name: str) -> psutil.Process:
    return psutil.Process(place.residents[name].process.pid)


def kill_all(place: Town) -> Counter[str]:
    """Kill each kind as often as the others, in no order, and count those that died of it."""
    seed = random.randrange(10**6)
    sys.stderr.write(f"kill: order {seed}\n")
    chance = random.Random(seed)
    order = [kind for kind in kinds() for _ in range(ROUNDS)]
    chance.shuffle(order)
    killed: Counter[str] = Counter()
    for kind in order:
        time.sleep(chance.uniform(*PAUSE_SECONDS))
        kill_one(place, kind, chance)
        killed[kind] += 1
    return killed


def kill_one(place: Town, kind: str, chance: random.Random) -> None:
    """Kill one of that kind, and see it gone. Raises Stuck where there is none, or it lives on."""
    victims: list[psutil.Process] = []

    def is_there() -> bool:
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            victims[:] = [one for one in kinds()[kind](place) if one.status() != psutil.STATUS_ZOMBIE]
        return bool(victims)

    wait_for(f"a {kind} that runs", is_there)
    victim = chance.choice(victims)
    with suppress(psutil.NoSuchProcess):
        victim.kill()
    wait_for(f"the {kind} is dead", lambda: is_dead(victim), DEAD_SECONDS_MAX)


def is_dead(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _suffered(players: Players, group: Visitors, killed: Counter[str], keeper: Keeper) -> Iterator[Row]:
    sys.stderr.write(
        f"kill: started again: {dict(keeper.restarts)}; by themselves: {keeper.ended}; faults: {players.faults[:10]}\n"
    )
    sys.stderr.write("".join(f"kill: missed: {call}\n" for call in players.missed))
    for kind in kinds():
        yield at_least(f"kill: times a {kind}", killed[kind], "", ROUNDS)
    yield at_least("kill: started again by what keeps them", keeper.restarts.total(), "", 4 * ROUNDS)
    yield at_least("kill: drops posted meanwhile", len(players.jobs), "", GAMES)
    yield at_least("kill: entries sent meanwhile, revisions too", len(players.receipts), "", GAMES * ENTRANTS)
    yield at_least("kill: calls repeated", players.passing.total(), "", 1)
    yield at_most("kill: repeats that did not succeed before the bell", len(players.missed), "", 0)
    yield at_most("kill: calls refused for good", len(players.faults), "", 0)
    yield Row("kill: visits meanwhile", len(group.answers), "")
    yield Row("kill: of these, cut or answered by a fault", len(group.unkind()), "")


def _settled(place: Town, players: Players) -> Iterator[Row]:
    unended = place.unended(SETTLED_SECONDS_MAX)
    held = {digest for (digest,) in place.ask_all("SELECT sha256 FROM drops_revision")}
    drops = {str(drop) for (drop,) in place.ask_all("SELECT id FROM drops_drop")}
    yield at_most("kill: receipts lost", len({*players.receipts} - held), "", 0)
    yield at_most("kill: drops lost", len({*players.jobs} - drops), "", 0)
    yield at_most("kill: drops that did not end", unended, "", 0)
    yield at_most("kill: drops doubled", place.ask(POSTED_TWICE)[0], "", 0)
    yield at_most("kill: entries doubled", place.ask(SENT_TWICE)[0], "", 0)
    yield at_most("kill: prizes not paid, or paid twice", place.ask(PAID_TWICE)[0], "", 0)
    completed = place.ask("SELECT count(*) FROM drops_drop WHERE status = 'completed'")[0]
    yield at_least("kill: drops that have a winner", completed, "", GAMES)
    yield at_most("kill: broken books", place.fails("check_ledger"), "", 0)


def _shut(place: Town, webs: list[int]) -> Iterator[Row]:
    """Stopped as by systemd, nobody answers on the ports any more."""
    for name in ("beat", "worker", *WEBS):
        place.stop(name)
    yield at_most("kill: ports that are answered after a stop", sum(listens(port) for port in webs), "", 0)
