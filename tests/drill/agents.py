"""Twenty programs play twenty drops at a running site: five copies of each example agent, five of `clorp compete`.

Each drop has one winner and one payout, the books add up, and no program is refused for a field that it got wrong.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

import psycopg

from tests.bench.alerts import worker
from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.scratch import manage, scratch_database
from tests.bench.support.serving import HOST, web_server
from tests.drill.support.sender import Sender, TooLong
from tests.examples import agents

KINDS = ("python", "typescript", "mcp", "cli")
COPIES = 5
# At a time, so that the seats that an agent may hold are enough for every drop.
WAVES = (10, 10)
DROPS = sum(WAVES)
WINDOW_SECONDS = 45
SECONDS_MAX = 600
TELL_SECONDS = 20
# What a program can't know beforehand: others were faster, or the bell was (`no_entry` is the command line's word).
RACED = {"drop_full", "drop_not_open", "window_over", "no_entry"}
SETTINGS = {"JUDGE": "sender", "WINDOW_SECONDS_MIN": str(WINDOW_SECONDS), "EMAIL_URL": "dummymail://"}
STILL_STARTING = "SELECT count(*) FROM accounts_apikey WHERE last_used_at IS NULL AND name <> 'sender'"
ONE_WINNER = """
SELECT count(*) FROM drops_drop d WHERE status = 'completed' AND winning_submission_id IS NOT NULL
AND (SELECT count(*) FROM ledger_transfer t WHERE t.reason = 'payout:' || d.id) = 1
AND (SELECT count(*) FROM drops_submission s WHERE s.drop_id = d.id AND s.place = 1) = 1
"""


def run() -> list[Row]:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    kinds = [kind for kind in KINDS if kind != "typescript" or shutil.which("npm")]
    for kind in set(KINDS) - set(kinds):
        sys.stderr.write(f"agents: not {kind}, since node and npm are not on this machine\n")
    required = os.environ.get("CLORP_REQUIRE_ALL") == "1"
    rows = [at_most("agents: kinds missing on this machine", len(KINDS) - len(kinds), "", 0)] if required else []
    with (
        scratch_database() as url,
        tempfile.TemporaryDirectory() as home,
        web_server(url, **SETTINGS) as served,
    ):
        # Before the worker comes: it would ring the bells that are rung for them.
        keys = alone(seat_players, [f"{kind}-{number}" for kind in kinds for number in range(COPIES)], url=url)
        site = f"http://{HOST}:{served.port}"
        with worker(url, SETTINGS), playing(site, kinds, keys, Path(home)) as players:
            wait_for_all(url)
            sender = Sender(site, keys["sender"])
            for count in WAVES:
                sender.post_and_judge(count, window_seconds=WINDOW_SECONDS, seconds_max=SECONDS_MAX)
            time.sleep(TELL_SECONDS)
        return [*rows, *told_by(players), *found_in(url)]


def seat_players(start: Callable[[], None], names: list[str]) -> dict[str, str]:
    """Give everybody an account and a key: a sender with money, and agents whose work has passed before."""
    from accounts.keys import create_key
    from core import clock
    from tests import play

    now, keys = clock.now(), {}
    for name in ["sender", *names]:
        user = play.make_user(name)
        play.fund(user, 100_000, now=now) if name == "sender" else play.prove(user, now=now)
        scopes = ["read", "send"] if name == "sender" else ["read", "compete"]
        keys[name] = create_key(user=user, name=name, scopes=scopes, now=now)[1]
    return keys


@contextmanager
def playing(site: str, kinds: list[str], keys: dict[str, str], home: Path) -> Iterator[dict[str, Any]]:
    """Run the players until the end; then each holds in `told` what it has printed, and its complaints in `faults`."""
    program = agents.compiled(home) if "typescript" in kinds else None
    players: dict[str, Any] = {}
    with ExitStack() as running:
        for name, key in keys.items():
            if name != "sender":
                kind = name.partition("-")[0]
                folder = home / name
                folder.mkdir()
                player = agents.start(kind, site, key, folder, entries=DROPS, typescript=program)
                running.callback(end, player)
                players[name] = player
        yield players


def wait_for_all(url: str) -> None:
    """Wait until everybody has asked the site for something: twenty programs at once take long to start."""
    until = time.monotonic() + SECONDS_MAX
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(STILL_STARTING).fetchone() != (0,):
            if time.monotonic() > until:
                raise TooLong("Not all agents have asked the site for anything.")
            time.sleep(1)


def end(player: Any) -> None:
    player.ended_early = player.poll() is not None
    player.terminate()
    printed, player.faults = player.communicate(timeout=30)
    player.told = [json.loads(line) for line in printed.splitlines()]


def told_by(players: dict[str, Any]) -> Iterator[Row]:
    refusals: Counter[str] = Counter()
    for name, player in players.items():
        refusals.update(code for line in player.told if (code := code_of(line)))
        if player.ended_early or "Traceback" in player.faults:
            sys.stderr.write(f"agents: {name}: {player.faults}\n")
    sys.stderr.write(f"agents: refused: {dict(refusals)}\n")
    yield at_most("agents: ended by themselves", sum(player.ended_early for player in players.values()), "", 0)
    guessed = sum(count for code, count in refusals.items() if code not in RACED)
    yield at_most("agents: refused for what no race explains", guessed, "", 0)
    yield Row("agents: refused since others were faster", sum(refusals.values()) - guessed, "")
    won = sum(bool(line.get("won")) for player in players.values() for line in player.told)
    yield Row("agents: wins that the example agents told of", won, "")


def code_of(line: dict[str, Any]) -> str:
    """Return the code of a refusal that an agent tells of; of the command line's own events too."""
    if "refused" in line:
        # The example for MCP prints the tool's text, the others `code: error`.
        words = re.search(r"code: (\w+)", line["refused"]) or re.match(r"(\w+)", line["refused"])
        return words[1] if words else "?"
    return str(line.get("code") or "")


def found_in(url: str) -> Iterator[Row]:
    with psycopg.connect(url) as connection:

        def count(query: Any) -> int:
            return int(connection.execute(query).fetchone()[0])  # type: ignore[index]

        theirs = "FROM drops_drop d JOIN accounts_user u ON u.id = d.sender_id WHERE u.email = 'sender@example.com'"
        yield at_least("agents: drops posted", count(f"SELECT count(*) {theirs}"), "", DROPS)
        yield at_least(
            "agents: drops with one winner and one payout",
            count(f"{ONE_WINNER} AND d.id IN (SELECT d.id {theirs})"),
            "",
            DROPS,
        )
        entered = f"SELECT count(*) FROM drops_submission WHERE drop_id IN (SELECT d.id {theirs})"
        yield Row("agents: entries", count(entered), "")
        players = entered.replace("count(*)", "count(DISTINCT user_id)")
        # Seats go to whoever is faster, so that somebody may get none.
        yield at_least("agents: of them took part", count(players), "", len(KINDS) * COPIES * 3 / 4)
    try:
        manage(url, "check_ledger")
        broken = 0
    except CalledProcessError:
        broken = 1
    yield at_most("agents: broken books", broken, "", 0)
