"""Behind PgBouncer in transaction mode: what loses prepared statements is refused, what carries them is used.

Where the machine's is older than 1.21, which Debian 12's is, only the first can be seen; PGBOUNCER names another one.
"""

from __future__ import annotations

import logging
import os
import random
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import httpx

from tests.bench.support.clients import alone, together
from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.serving import free_port, listens
from tests.drill.support import bouncer
from tests.drill.support.callers import visitors
from tests.drill.support.lacks import lacking
from tests.drill.support.players import ENTRANTS, Players
from tests.drill.support.seats import seat_crowd
from tests.drill.support.town import Town, town, wait_for, web_of_image

CLIENTS, WALLETS = 8, 16
# Each client prepares what it sends for the sixth time, and each of the bouncer's connections has to meet it.
TRANSFERS = 20 * int(os.environ.get("DRILL_ROUNDS", "3"))
LEDGER = "%INTO ledger_transfer%"
GAMES, WINDOW_SECONDS = 3, 20
LINES = 1_200
REFUSED = "Set PREPARED_STATEMENTS=0"


def run() -> list[Row]:
    # It would name each request.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    path = bouncer.program()
    if path is None:
        told = "pgbouncer: not on this machine (apt-get install pgbouncer)"
        return lacking("pgbouncer: missing on this machine", told)
    with town() as place:
        alone(fill, url=place.url)
        keys = seat_crowd(place, GAMES * 2, GAMES * 2 * ENTRANTS)
        crowds = [(keys["send"][n::2], keys["compete"][n::2]) for n in range(2)]
        rows = _losing(place, path, *crowds[0])
        if bouncer.version(path) < bouncer.CARRIES_FROM:
            sys.stderr.write("pgbouncer: older than 1.21, so none that carries statements was played (PGBOUNCER)\n")
            return [*rows]
        return [*rows, *_carrying(place, path, *crowds[1])]


def _losing(place: Town, path: str, senders: list[str], agents: list[str]) -> Iterator[Row]:
    title = "loses statements"
    with bouncer.bouncing(place.url, path, carries=False) as url:
        refused = sum(is_refused(place, url, name) for name in ("web", "worker"))
        yield at_least(f"{title}: of web and worker, refused to start", refused, "", 2)
        os.environ["PREPARED_STATEMENTS"] = "0"
        try:
            yield from _played(place, url, f"{title}, PREPARED_STATEMENTS=0", senders, agents)
        finally:
            del os.environ["PREPARED_STATEMENTS"]
        yield at_most(
            f"{title}: the ledger's, prepared all the same", sum(bouncer.prepared(url, LEDGER).values()), "", 0
        )


def _carrying(place: Town, path: str, senders: list[str], agents: list[str]) -> Iterator[Row]:
    title = "carries statements"
    with bouncer.bouncing(place.url, path, carries=True) as url:
        yield from _played(place, url, title, senders, agents)
        held = bouncer.prepared(url, LEDGER)
    yield at_least(f"{title}: connections of the bouncer's looked at", len(held), "", bouncer.POOL)
    yield at_least(f"{title}: of the ledger's, prepared on each", min(held.values()), "", 1)


def is_refused(place: Town, url: str, name: str) -> bool:
    """Whether it does not start, and says what to set."""
    if name == "worker":
        place.start_worker(DATABASE_URL=url)
    else:
        port = free_port()
        place.start("web", web_without_respawn(port), DATABASE_URL=url)
    try:
        wait_for(f"{name} says why not", lambda: REFUSED in place.said(name), 90)
        return name == "worker" or not listens(port)
    finally:
        place.stop(name)


def _played(place: Town, url: str, title: str, senders: list[str], agents: list[str]) -> Iterator[Row]:
    """Transfers by many, whole games on webs with worker and beat, and long lists, all by way of the bouncer."""
    with ExitStack() as stack:
        webs = {name: free_port() for name in ("web", "web2")}
        for name, port in webs.items():
            place.start_web(name, port, DATABASE_URL=url)
            stack.callback(place.stop, name)
        place.start_worker(DATABASE_URL=url)
        stack.callback(place.stop, "worker")
        place.start_beat(DATABASE_URL=url)
        stack.callback(place.stop, "beat")
        games = [agents[game::GAMES] for game in range(GAMES)]
        players = Players([*webs.values()], senders, games, window_seconds=WINDOW_SECONDS, revisions=3)
        group = stack.enter_context(visitors(webs["web"], 2))
        with players.playing():
            failed = Counter(fault for faults in together(transfer, [()] * CLIENTS, url=url) for fault in faults)
            short = [read_lines(port, alone(sign_in, url=place.url)) for port in webs.values()]
        answers, odd = len(group.answers), len(group.odd())
    for fault, count in failed.items():
        sys.stderr.write(f"pgbouncer: {title}: {count} times {fault}\n")
    sys.stderr.write(f"pgbouncer: {title}: {dict(players.passing)} {players.faults[:5]}, lines {short}\n")
    yield Row(f"{title}: transfers tried", CLIENTS * TRANSFERS * 2, "")
    yield at_most(f"{title}: of these, failed", failed.total(), "", 0)
    yield at_least(f"{title}: drops posted", len(players.jobs), "", GAMES)
    yield at_least(f"{title}: entries sent", len(players.receipts), "", GAMES * ENTRANTS)
    yield at_most(f"{title}: calls that failed", players.passing.total() + len(players.faults), "", 0)
    yield at_least(f"{title}: lines of a long statement, the fewest", min(short), "", LINES)
    yield at_least(f"{title}: visits", answers, "", 20)
    yield at_most(f"{title}: of these, failed", odd, "", 0)
    yield at_most(f"{title}: drops that did not end", place.unended(60), "", 0)
    yield at_most(f"{title}: broken books", place.fails("check_ledger", DATABASE_URL=url), "", 0)


def web_without_respawn(port: int) -> list[str]:
    """As the image's, in one process that is not started again, so that a refusal stays one."""
    return [word for word in web_of_image(port) if word != "--respawn-failed-workers"]


def fill(start: Callable[[], object]) -> None:
    """Wallets with money, and one that has seen much."""
    from core import clock
    from tests import play
    from wallet.books import ledger

    start()
    now = clock.now()
    gifts = [(play.make_user(f"wallet{number}"), 1_000_000) for number in range(WALLETS)]
    gifts += [(play.make_user("reader"), 1)] * LINES
    for number, (user, cents) in enumerate(gifts):
        ledger.grant_play_money(user=user, amount_cents=cents, token=f"filled-{number}", now=now)


def transfer(start: Callable[[], object]) -> list[str]:
    """Hold prizes and pay them out; the faults that came of it."""
    from accounts.models import User
    from core import clock
    from wallet.books import ledger

    users, faults = list(User.objects.filter(name__startswith="wallet")), []
    start()
    for _ in range(TRANSFERS):
        payer, payee = random.sample(users, 2)
        reference = str(uuid.uuid4())
        try:
            ledger.hold_prize(payer=payer, reference=reference, amount_cents=1, now=clock.now())
            ledger.pay_prize(reference=reference, payee=payee, fee_cents=0, now=clock.now())
        except Exception as fault:  # each kind is a row's worth
            faults.append(f"{type(fault).__name__}: {str(fault).splitlines()[0]}")
    return faults


def sign_in(start: Callable[[], object]) -> str:
    """A session of whoever has the long statement."""
    from django.test import Client

    from accounts.models import User

    start()
    client = Client(headers={"host": "localhost"})
    reader = User.objects.get(name="reader")
    client.force_login(reader, backend="allauth.account.auth_backends.AuthenticationBackend")
    return str(client.cookies["sessionid"].value)


def read_lines(port: int, session: str) -> int:
    """How many lines of the long statement come whole; 0 if it breaks off."""
    headers = {"Host": "localhost", "Cookie": f"sessionid={session}"}
    with suppress(httpx.HTTPError):
        answer = httpx.get(f"http://127.0.0.1:{port}/wallet/statement.csv", headers=headers, timeout=60)
        return len(answer.text.splitlines()) - 1 if answer.status_code == 200 else 0
    return 0
