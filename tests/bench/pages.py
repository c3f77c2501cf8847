"""The cost of pages to us and their visitors: milliseconds of a processor core, and how soon Chromium shows each.

Measured are first paint, largest paint, shifts, and what is sent. On a phone's screen over a slow mobile network
(150 ms to every answer, 1.6 Mbit/s), as Lighthouse assumes; three cold visits each, the median counts. The processor
is not slowed as there: where others work too, that would measure them. The demo's site is served as in production.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from clorp.dev import browser
from tests.bench.support import fill
from tests.bench.support.clients import alone
from tests.bench.support.rendering import core_milliseconds
from tests.bench.support.rows import Row, at_most
from tests.bench.support.scratch import manage, scratch_database
from tests.bench.support.serving import Served, collect_static, web_server

VISITS = 3
CARDS_MAX = 30
PHONE = {"width": 412, "height": 823}
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 204_800, "uploadThroughput": 96_000}
SETTLE_MILLISECONDS = 2_000
KB = 1_000
FCP_SECONDS_MAX, LCP_SECONDS_MAX, SHIFT_MAX, BLOCKED_SECONDS_MAX, SENT_KB_MAX = 1.0, 2.5, 0.1, 0.2, 200
CORE_MS_MAX = {"board": 12, "drop": 10, "wallet": 12}
WATCH = """
window.seen = {lcp: 0, shift: 0, blocked: 0};
const watch = (type, take) =>
  new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({type, buffered: true});
watch("largest-contentful-paint", (entry) => { seen.lcp = entry.startTime; });
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
watch("longtask", (entry) => { seen.blocked += entry.duration - 50; });
"""
READ = """() => {
  const loads = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const total = (name) => loads.reduce((sum, load) => sum + load[name], 0);
  return {...seen, fcp: performance.getEntriesByName("first-contentful-paint")[0].startTime,
          sent: total("transferSize"), unpacked: total("decodedBodySize")};
}"""


def run() -> list[Row]:
    program = browser.find_browser()
    if program is None:
        print(f"pages: not measured, no browser was found: {browser.HINT}", file=sys.stderr)
        return []
    with scratch_database() as url:
        manage(url, "seed_demo")
        session, drop = alone(enter, url=url)
        paths = {"landing": "/", "board": "/board", "drop": drop, "wallet": "/wallet"}
        rows = core_rows(url, {name: path for name, path in paths.items() if name != "landing"}, session)
        with web_server(url) as served, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=program, args=browser.launch_flags())
            for name, path in paths.items():
                rows += rows_of(chromium, served, name, path, session)
        return rows + full_board_rows(url, session)


def enter(start: Callable[[], None]) -> tuple[str, str]:
    """A session of the demo's sender, and the path of an open drop of theirs."""
    from django.test import Client

    from accounts.models import User
    from drops.models import Drop

    client = Client()
    sender = User.objects.get(email="sender@clorp.example")
    client.force_login(sender, backend="allauth.account.auth_backends.AuthenticationBackend")
    drop = Drop.objects.filter(status="open").order_by("created_at")[0]
    return str(client.cookies["sessionid"].value), drop.get_absolute_url()


def core_rows(url: str, paths: dict[str, str], session: str) -> list[Row]:
    """The cost of somebody who is signed in; where others use the cores too, all of them grow alike."""
    collect_static(url)
    taken = alone(core_milliseconds, paths, session, url=url)
    bare = Row("pages: a bare view, of a core", taken.pop("bare"), "ms")
    return [bare] + [at_most(f"pages: {name}, of a core", taken[name], "ms", CORE_MS_MAX[name]) for name in paths]


def full_board_rows(url: str, session: str) -> list[Row]:
    """The demo has few cards on its board; the last one of the page is as dear as the first."""
    with fill.loading(url) as connection:
        fill.add_open_drops(connection, CARDS_MAX, closes_at="now() + interval '1 hour'")
    taken = alone(core_milliseconds, {"full": "/board"}, session, url=url)
    return [Row(f"pages: a board of {CARDS_MAX} cards, of a core", taken["full"], "ms")]


def rows_of(chromium: Browser, served: Served, name: str, path: str, session: str) -> list[Row]:
    visits = [look(chromium, f"http://localhost:{served.port}", path, session) for _ in range(VISITS)]
    typical = {key: median(visit[key] for visit in visits) for key in visits[0]}
    return [
        at_most(f"pages: {name}, first contentful paint", typical["fcp"] / 1000, "s", FCP_SECONDS_MAX),
        at_most(f"pages: {name}, largest contentful paint", typical["lcp"] / 1000, "s", LCP_SECONDS_MAX),
        at_most(f"pages: {name}, layout shift", typical["shift"], "", SHIFT_MAX),
        at_most(f"pages: {name}, main thread blocked", typical["blocked"] / 1000, "s", BLOCKED_SECONDS_MAX),
        at_most(f"pages: {name}, sent", typical["sent"] / KB, "kB", SENT_KB_MAX),
        Row(f"pages: {name}, unpacked", typical["unpacked"] / KB, "kB"),
    ]


def look(chromium: Browser, site: str, path: str, session: str) -> dict[str, float]:
    """One visit with nothing in the browser's cache."""
    context = chromium.new_context(viewport=PHONE, device_scale_factor=1.75, is_mobile=True, has_touch=True)
    if path != "/":
        context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    page = context.new_page()
    page.add_init_script(WATCH)
    tools: Any = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", NETWORK)
    page.goto(f"{site}{path}", wait_until="load")
    page.wait_for_timeout(SETTLE_MILLISECONDS)
    seen: dict[str, float] = page.evaluate(READ)
    context.close()
    return seen
