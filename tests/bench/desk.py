"""Every page of the admin at a million drops: lists, what they are narrowed by, facets, searches, deep pages and rows.

`DESK_COPIES` says how many times sixty played drops are copied; 16,700 make the million, which takes an hour to fill.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from tests.bench.support import fill, multiply
from tests.bench.support.clients import alone
from tests.bench.support.days import live
from tests.bench.support.panel_runs import CONCURRENCY, MODELS
from tests.bench.support.rows import Row, at_most
from tests.bench.support.scratch import scratch_database
from tests.bench.support.serving import collect_static
from tests.bench.support.staff_pages import ask, superusers_client
from tests.llm_double import LlmDouble

DAYS_PLAYED, DROPS_A_DAY = 30, 2
COPIES, DAYS = 16_700, 90
SECONDS_MAX = 7_200
TURNS = 2
P_MS_MAX = 300
QUERIES_MAX = 24


def run() -> list[Row]:
    copies = int(os.environ.get("DESK_COPIES", COPIES))
    with LlmDouble(seconds=0.0) as double, scratch_database() as url:
        collect_static(url)
        judges = double.seats(*MODELS, concurrency=CONCURRENCY)
        alone(live, judges, DAYS_PLAYED, DROPS_A_DAY, url=url, seconds_max=SECONDS_MAX)
        alone(complain, url=url, seconds_max=SECONDS_MAX)
        with fill.loading(url) as connection:
            multiply.multiply(connection, copies, days=DAYS)
        pages, drops = alone(walk, url=url, seconds_max=SECONDS_MAX)
    rows = [Row("desk: drops", drops, "")]
    by_list = defaultdict(list)
    for name, page, seconds, queries in pages:
        by_list[name].append((seconds, page, queries))
    for name, asked in by_list.items():
        seconds, page, _queries = max(asked)
        rows.append(at_most(f"desk: {name}, slowest of {len(asked)}: {page}", seconds * 1000, "ms", P_MS_MAX))
    most = max((queries, f"{name} {page}") for name, page, _seconds, queries in pages)
    return [*rows, at_most(f"desk: most queries: {most[1]}", most[0], "queries", QUERIES_MAX)]


def complain(start: Callable[[], None]) -> None:
    """One drop in ten is reported, and one report in two is answered."""
    from accounts.models import User
    from core import clock
    from drops.models import Drop
    from drops.moderation import decisions
    from tests.play import make_user

    start()
    staff = make_user("Mo", is_staff=True)
    reporter = User.objects.get(name="U1")
    for number, drop in enumerate(Drop.objects.order_by("created_at")[::10]):
        report = decisions.report_drop(drop=drop, reporter=reporter, reason="It is an advert.", now=clock.now())
        if number % 2:
            decisions.handle_report(report=report, staff=staff, told="It is none.", reason="Read.", now=clock.now())


def walk(start: Callable[[], None]) -> tuple[list[tuple[str, str, float, int]], int]:
    """Of every page: its list, what was asked of it, the slowest of its turns, and its queries; and how many drops."""
    from drops.models import Drop

    start()
    client, chief = superusers_client()
    told = []
    for name, page, url in _addresses(chief):
        seconds, queries = ask(client, url, turns=TURNS)
        told.append((name, page, max(seconds), queries))
    return told, Drop.objects.count()


def _addresses(chief: Any) -> Iterator[tuple[str, str, str]]:
    from django.test import RequestFactory

    from tests.admin_site import admin_pages, change_url, list_url

    yield "today", "its first page", "/admin/"
    for model, page in admin_pages().items():
        name, url = model._meta.label, list_url(model)
        yield name, "list", url
        request = RequestFactory().get(url)
        request.user = chief
        changelist = page.get_changelist_instance(request)
        last = changelist.paginator.num_pages
        yield name, "last page", f"{url}?p={last}"
        for spec in changelist.filter_specs:
            for choice in spec.choices(changelist):
                if query := choice.get("query_string", "").removeprefix("?"):
                    yield name, f"narrowed by {query}", f"{url}?{query}"
        yield name, "facets", f"{url}?_facets=True"
        if page.search_fields:
            for words in ("u3@bench.test", "u30000007@bench.test", "ferry", "00000000-0000-4000-8000-000000000000"):
                yield name, f"search for {words}", f"{url}?q={words}"
        for index in page.get_sortable_by(request) or ():
            yield name, f"sorted by {index}", f"{url}?o={list(page.list_display).index(index) + 1}"
        rows = list(changelist.result_list)
        for row in (*rows[:1], *rows[-1:]):
            yield name, "a row", change_url(row)
