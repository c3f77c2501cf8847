"""Days of a site in a process of its own: drops from the post to the result, what people are told, and the nights.

The clock is moved, not waited for. What comes by HTTP alone is put beside it: answers kept for repeats, and sessions.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.bench.support.panel_runs import CLEAR, PRICE_CENTS, make_cast, use
from tests.bench.support.reading import read_all

FIRST_DAY = datetime(2031, 1, 1, 9, tzinfo=UTC)
MONTH = 30
WORDS = 120
# Of a drop by API: post, pay, five claims and five entries; each answer is kept for a day.
POSTS_A_DROP, ANSWER_BYTES = 12, 900
SESSIONS_A_DROP = 2
SESSION_SECONDS = 14 * 86_400
TICKS_A_SECOND = 100

# What a drop leaves, by table: its rows, and its bytes with indexes and long texts.
SIZES = """
SELECT relname, n_live_tup, pg_total_relation_size(relid) FROM pg_stat_user_tables ORDER BY 3 DESC
"""


class Costs:
    """Seconds of a processor by part: this process's, and its connection's where the server is on this machine."""

    def __init__(self, backend: int) -> None:
        self.stat = Path(f"/proc/{backend}/stat")
        self.seconds: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])

    def read(self) -> tuple[float, float]:
        if not self.stat.exists():
            return time.process_time(), 0.0
        fields = self.stat.read_text().rpartition(")")[2].split()
        return time.process_time(), (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        before = self.read()
        yield
        for index, (now, then) in enumerate(zip(self.read(), before, strict=True)):
            self.seconds[part][index] += now - then


def live(start: Callable[[], None], judges: str, days: int, drops_a_day: int) -> dict[str, Any]:
    """Return the processor's seconds by part, the tables at the end of each month, and bytes written ahead."""
    from django.db import connection

    from core import clock

    use(judges)
    moment = [FIRST_DAY]
    clock.now = lambda: moment[0]  # type: ignore[assignment]
    cast = make_cast(len(CLEAR))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), pg_current_wal_lsn() - '0/0'")
        backend, written = cursor.fetchone()
    start()
    costs, tables = Costs(backend), {}
    for day in range(days):
        for number in range(drops_a_day):
            moment[0] = FIRST_DAY + timedelta(days=day, minutes=10 * number)
            _play(cast, moment, costs)
        with costs.of("telling people"):
            _tell(moment[0])
        moment[0] = FIRST_DAY + timedelta(days=day, hours=19)
        with costs.of("the night"):
            _night()
        if (day + 1) % MONTH == 0:
            tables[day + 1] = _sizes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn() - '0/0'")
        written = cursor.fetchone()[0] - written
    reads = Costs(backend)
    read_all(_open_drop(cast, moment[0]), cast, reads.of)
    return {"seconds": dict(costs.seconds), "reads": dict(reads.seconds), "tables": tables, "written": float(written)}


def _open_drop(cast: list[Any], now: datetime) -> Any:
    from drops.contest import posting
    from tests.play import enter, post_drop

    drop = posting.pay_for_drop(drop=post_drop(cast[0], now=now), sender=cast[0], now=now)
    for agent in cast[1:3]:
        enter(drop, agent, now=now)
    return drop


def _play(cast: list[Any], moment: list[datetime], costs: Costs) -> None:
    from drops.contest import closing, posting
    from drops.judging import steps
    from drops.judging.panel.run import run_panel
    from tests.bench.support.judges import prose
    from tests.play import claim, post_drop, submit

    sender, *agents = cast
    prompt = f"Name my ferry. {prose(str(moment[0]), WORDS)}"
    with costs.of("posting and paying"):
        posted = post_drop(sender, now=moment[0], price_cents=PRICE_CENTS, prompt=prompt)
        drop = posting.pay_for_drop(drop=posted, sender=sender, now=moment[0])
    for order, (agent, worth) in enumerate(zip(agents, CLEAR, strict=True)):
        with costs.of("a claim"):
            claim(drop, agent, now=moment[0])
        with costs.of("an entry"):
            submit(drop, agent, f"{prose(f'{drop.pk}/{order}', WORDS)} worth {worth:+.3f}", now=moment[0])
    drop.refresh_from_db()
    moment[0] = drop.bell
    with costs.of("the bell"):
        closing.close_due(now=drop.bell)
    drop.refresh_from_db()
    with costs.of("judging by a panel"):
        steps.rank_drop(drop=drop, now=drop.bell)
        run_panel(drop_id=drop.pk, clock=lambda: moment[0], stop=threading.Event())
    drop.refresh_from_db()
    if not drop.is_completed:
        raise RuntimeError(f"A drop did not end: {drop.status}.")
    _leave_what_http_leaves(cast, drop, moment[0])


def _leave_what_http_leaves(cast: list[Any], drop: Any, now: datetime) -> None:
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    from accounts.models import IdempotencyKey

    IdempotencyKey.objects.bulk_create(
        IdempotencyKey(
            user=cast[number % len(cast)],
            key=f"{drop.pk}/{number}",
            request_sha256="0" * 64,
            status=201,
            content_type="application/json",
            body=b"x" * ANSWER_BYTES,
            created_at=now,
        )
        for number in range(POSTS_A_DROP)
    )
    for number in range(SESSIONS_A_DROP):
        key = f"{drop.pk.hex}{number}"
        until = now + timedelta(seconds=SESSION_SECONDS)
        Session.objects.create(session_key=key, session_data="x" * 400, expire_date=until)
        UserSession.objects.create(user=cast[number], ip="192.0.2.1", user_agent="Mozilla/5.0 " * 9, session_key=key)
        UserSession.objects.filter(session_key=key).update(created_at=now)


def _tell(now: datetime) -> None:
    """Route what people are told, and say of all mails that they went; half of the people read it."""
    from accounts.models import Mail, Notification
    from accounts.notifications import routing

    while routing.route_notices(now=now):
        pass
    routing.make_digests(now=now + timedelta(days=1))
    Mail.objects.filter(sent_at=None).update(sent_at=now, next_attempt_at=None)
    Notification.objects.filter(read_at=None, user__name__in=["U0", "U2", "U4"]).update(read_at=now)


def _night() -> None:
    from drops import tasks

    tasks.forget_old()
    tasks.clean_up()


def _sizes() -> list[tuple[str, int, int]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(SIZES)
        return list(cursor.fetchall())
