"""Transfers a second through the ledger, against pgbench's smallest two-row transfer on the same server.

A transfer here is what the game does: a prize held, then paid out, each in a transaction of its own.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from statistics import median

from tests.bench.support import pgbench
from tests.bench.support.clients import alone, together
from tests.bench.support.rows import Row, at_least
from tests.bench.support.scratch import manage, scratch_database

WALLETS = 1_000
SECONDS = 3
ROUNDS = 3
RATIO_TO_REACH = 0.35


def run() -> list[Row]:
    program = pgbench.find_pgbench()
    ours, theirs = [], []
    with scratch_database() as url:
        pgbench.make_tables(url)
        alone(fill, url=url)
        for _ in range(ROUNDS):
            ours.append(sum(together(client, [()] * pgbench.CLIENTS, url=url)))
            theirs += [pgbench.rate(program, url)] if program else []
        manage(url, "check_ledger")
    rows = [Row("ledger transfers, 8 clients", median(ours), "/s")]
    if theirs:
        ratio = median(mine / its for mine, its in zip(ours, theirs, strict=True))
        rows.append(Row("pgbench two-row transfers, 8 clients", median(theirs), "/s"))
        rows.append(at_least("ledger / pgbench", ratio, "ratio", RATIO_TO_REACH))
    return rows


def client(start: Callable[[], None]) -> float:
    """Hold a prize and pay it out, over and over; transfers a second."""
    from django.utils import timezone

    from accounts.models import User
    from wallet.books import ledger

    users = list(User.objects.all())
    ledger.balance_cents(users[0])
    start()
    transfers, started = 0, time.monotonic()
    while time.monotonic() - started < SECONDS:
        payer, payee = random.sample(users, 2)
        reference = str(uuid.uuid4())
        ledger.hold_prize(payer=payer, reference=reference, amount_cents=1, now=timezone.now())
        ledger.pay_prize(reference=reference, payee=payee, fee_cents=0, now=timezone.now())
        transfers += 2
    return transfers / (time.monotonic() - started)


def fill(start: Callable[[], None]) -> None:
    """Users with money."""
    from django.utils import timezone

    from accounts.models import User
    from wallet.books import ledger

    start()
    for user in User.objects.bulk_create([User(email=f"{n}@bench.test") for n in range(WALLETS)]):
        ledger.post_transfer(
            debit=ledger.Party(ledger.Kind.PLAY_CLEARING),
            credit=ledger.wallet_of(user),
            amount_cents=1_000_000,
            reason=f"topup:play_{user.pk}",
            now=timezone.now(),
        )
