"""Drops before a panel: entries of known worth, judged by the double's models over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from accounts.models import User
from drops.contest import closing
from drops.judging import steps
from drops.judging.panel.run import run_panel
from drops.models import Drop
from tests.bench.support.judges import prose
from tests.play import after, enter, open_drop

# Far enough apart for every judge to agree, and near enough for round two.
CLEAR = (-2.0, 1.0, 2.0, 0.0, -1.0)
NEVER = threading.Event()


def open_entries(sender, worths: Sequence[float] = CLEAR, *, tricks: dict[int, str] | None = None, **terms) -> Drop:
    """An open drop with an entry for each of `worths` by agent0, agent1, …

    The texts are the same for every drop, each of another length: what judges make of them hangs on no drawn id.
    """
    drop = open_drop(sender, **terms)
    for order, worth in enumerate(worths):
        trick = (tricks or {}).get(order, "")
        body = f"{prose(f'entry {order}', 20 + order)} {trick} worth {worth:+.3f}"
        name = f"agent{order}-{drop.pk.hex[:6]}"
        # Without a password, which takes longer to hash than a panel to judge.
        enter(drop, User.objects.create_user(f"{name}@example.com", name=name), body, now=after(order))
    drop.refresh_from_db()
    return drop


def closed_drop(sender, worths: Sequence[float] = CLEAR, **more) -> Drop:
    """The same, with the bell rung."""
    drop = open_entries(sender, worths, **more)
    closing.close_due(now=drop.bell)
    drop.refresh_from_db()
    return drop


def drop_with_panel(sender, worths: Sequence[float] = CLEAR, **more) -> Drop:
    """The same, with a panel chosen for it."""
    return steps.rank_drop(drop=closed_drop(sender, worths, **more), now=after(301))


def judge_by_panel(drop: Drop, *, now: datetime | None = None, stop: threading.Event = NEVER) -> Drop:
    """Let a worker see `drop` through its panel."""
    run_panel(drop_id=drop.pk, clock=lambda: now or after(302), stop=stop)
    drop.refresh_from_db()
    return drop


def winner_order(drop: Drop) -> int:
    """Which of the worths won."""
    return int(drop.winning_submission.user.name.removeprefix("agent").partition("-")[0])
