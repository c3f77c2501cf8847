"""The board, as page and as API: against a bare JSON view on the same server, and at a million drops."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

from clorp.dev.up import web_command
from tests.bench.support import fill
from tests.bench.support.churn import A_SECOND, churn
from tests.bench.support.clients import alone
from tests.bench.support.rows import Row, at_least, at_most
from tests.bench.support.scratch import scratch_database
from tests.bench.support.serving import Caller, Load, load, rate, seconds_each, web_server

FEW, MANY = 1_000, 1_000_000
PAGE, API = "/board", "/api/board?limit=20"
SECONDS = 2
PACE_PART = 0.9
ROUNDS = 5
TURNS = 200
QUERIES_MAX = 8
GROWTH_MAX = 1.15
SEARCH_MS_MAX = 50
CACHED_TO_REACH = 0.5
# A load test is what the limits are there to stop.
UNLIMITED = dict.fromkeys(("API_ANONYMOUS_PER_MINUTE", "PAGES_ANONYMOUS_PER_MINUTE"), "100000000")
BARE = {"DJANGO_SETTINGS_MODULE": "tests.bench.support.bare"}


def bare_command(port: int) -> list[str]:
    return [*web_command(port, "tests.bench.support.bare:application"), "--factory"]


def run() -> list[Row]:
    with ExitStack() as stack:
        few = stack.enter_context(scratch_database())
        many = stack.enter_context(scratch_database())
        put_up(few, FEW)
        put_up(many, MANY)
        site = stack.enter_context(web_server(few, **UNLIMITED))
        bare = stack.enter_context(web_server(few, command=bare_command, **BARE))
        rows = against_bare(site.port, bare.port)
        full = stack.enter_context(web_server(many, **UNLIMITED))
        rows += growth(site.port, full.port) + searching(full.port) + queries(many)
        return rows + under_churn(few, site.port, bare.port)


def put_up(url: str, drops: int) -> None:
    with fill.loading(url) as connection:
        fill.add_users(connection, 1_000)
        fill.add_open_drops(connection, drops, closes_at="now() + interval '1 hour' + random() * interval '7 days'")


def against_bare(port: int, bare: int) -> list[Row]:
    """Each round asks all of them, so that a ratio compares what was measured within seconds."""
    # The first round is not counted: threads, connections, statements and templates are new then.
    rounds = [
        (
            rate(bare, "/bare", seconds=SECONDS),
            rate(port, API, seconds=SECONDS, fresh=True),
            rate(port, API, seconds=SECONDS),
            rate(port, PAGE, seconds=SECONDS),
        )
        for _ in range(1 + ROUNDS)
    ][1:]
    plain, uncached, cached, page = ([each[part] for each in rounds] for part in range(4))
    return [
        Row("bare JSON view", median(plain), "/s"),
        Row("board API of 20, uncached", median(uncached), "/s"),
        Row("board API uncached / bare view", ratio(uncached, plain), "ratio"),
        Row("board API of 20, from its cache", median(cached), "/s"),
        at_least("board API from cache / bare view", ratio(cached, plain), "ratio", CACHED_TO_REACH),
        Row("board page", median(page), "/s"),
        Row("board page / bare view", ratio(page, plain), "ratio"),
    ]


def under_churn(url: str, port: int, bare: int) -> list[Row]:
    """The answers to strangers while seats are claimed elsewhere, so that the board is another each second."""
    targets = {"page": (port, PAGE), "API": (port, API), "bare": (bare, "/bare")}
    loads: dict[str, list[Load]] = {name: [] for name in targets}
    with churn(url) as made:
        for _ in range(ROUNDS):
            for name, (at, path) in targets.items():
                loads[name].append(load(at, path, seconds=SECONDS))
    rates = {name: [each.rate for each in measured] for name, measured in loads.items()}
    rows = [
        at_least("seats claimed meanwhile", made.rate, "/s", PACE_PART * A_SECOND),
        Row("bare JSON view, under churn", median(rates["bare"]), "/s"),
    ]
    for name in ("page", "API"):
        p99 = median(each.p99_seconds for each in loads[name])
        rows += [
            Row(f"strangers' board {name}, under churn", median(rates[name]), "/s"),
            at_least(
                f"board {name} under churn / bare view", ratio(rates[name], rates["bare"]), "ratio", CACHED_TO_REACH
            ),
            Row(f"strangers' board {name}, under churn, p99", p99 * 1000, "ms"),
        ]
    return rows


def ratio(ours: list[float], theirs: list[float]) -> float:
    return median(mine / its for mine, its in zip(ours, theirs, strict=True))


def growth(few: int, many: int) -> list[Row]:
    """One request at a time, to each server in turns."""
    rows = []
    for name, path in (("board page", PAGE), ("board API", f"{API}&has_seats=true")):
        callers = [Caller(few, path), Caller(many, path)]
        seconds_each(callers, TURNS // 4)
        at_few, at_many = map(statistics.median, seconds_each(callers, TURNS))
        rows.append(Row(f"{name}, {FEW:,} drops", at_few * 1000, "ms"))
        rows.append(Row(f"{name}, {MANY:,} drops", at_many * 1000, "ms"))
        rows.append(at_most(f"{name}, a million / a thousand", at_many / at_few, "ratio", GROWTH_MAX))
    return rows


def searching(port: int) -> list[Row]:
    """Among a million drops: words that all of them have, that a few in a thousand have, and that none has."""
    rows = []
    for name, words in {"all": "ferry+called", "some": "word1400", "none": "submarine"}.items():
        caller, waits = Caller(port, PAGE), []
        for turn in range(TURNS):
            began = time.perf_counter()
            # No two alike, or all but the first would come from the cache.
            caller.ask(f"{PAGE}?q={words}&turn={turn}")
            waits.append(time.perf_counter() - began)
        rows.append(at_most(f"board search, {name} found", statistics.median(waits) * 1000, "ms", SEARCH_MS_MAX))
    return rows


def queries(url: str) -> list[Row]:
    """Of the costliest viewer: a signed-in agent, whose every card says what they may do."""
    told = alone(count_queries, url=url)
    return [at_most(f"queries, {name}", count, "queries", QUERIES_MAX) for name, count in told.items()]


def count_queries(start: Callable[[], None]) -> dict[str, int]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User

    start()
    counts = {}
    for viewer in (None, User.objects.order_by("id")[0]):
        # Nobody has asked from there, so nothing is refused for being too much.
        client = Client(SERVER_NAME="localhost", REMOTE_ADDR="192.0.2.1")
        if viewer is not None:
            client.force_login(viewer)
        for name, path in (("board page", PAGE), ("board API", API)):
            # The first request also measures the clock and fills what is kept for the process.
            client.get(f"{path}{'&' if '?' in path else '?'}first=1")
            with CaptureQueriesContext(connection) as seen:
                assert client.get(path).status_code == 200
            counts[f"{name}, {'signed in' if viewer else 'a stranger'}"] = len(seen)
    return counts
