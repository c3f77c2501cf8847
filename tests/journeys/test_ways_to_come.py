"""However a page came, its countdown is the server's to the second, and what is over says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.people import NO_LOOKS
from tests.journeys.test_stale import (
    AWAY_SECONDS,
    assert_right,
    browse,
    drop,
    look_at,
    whole_browser,
)

__all__ = ["browse", "drop", "look_at"]
pytestmark = pytest.mark.django_db(transaction=True)

# A device whose clock is off, to everything that a page can ask. While it sleeps its clock goes on, and the
# counter that pages measure by does not.
DEVICE = """
    const RealDate = Date, origin = performance.timeOrigin, fast = %d;
    let slept = 0;
    const now = () => RealDate.now() + fast + slept;
    window.sleepFor = (milliseconds) => { slept += milliseconds; };
    Date = class extends RealDate {
        constructor(...given) { if (given.length) super(...given); else super(now()); }
        static now() { return now(); }
    };
    Object.defineProperty(performance, "timeOrigin", { get: () => origin + fast });
"""
DEVICES = {"right": 0, "an hour fast": 3_600_000, "two minutes slow": -120_000}


def came_by_history_from_the_cache(page: Page) -> bool:
    how = "() => performance.getEntriesByType('navigation').flatMap((one) => [one.type, one.transferSize > 0])"
    return bool(page.evaluate(how) == ["back_forward", False])


class Tab:
    """What shows the drop, on a device whose clock is off, before somebody has been away from it for so long."""

    def __init__(self, look_at: Any, browse: Any, drop: Any, hands: Any) -> None:
        self.look_at, self.browse, self.hands = look_at, browse, hands
        self.address, self.device, self.away_seconds = drop.get_absolute_url(), "", AWAY_SECONDS

    def opens(self) -> Page:
        return self.look_at(NO_LOOKS, self.device)

    def launches(self, *flags: str, without: tuple[str, ...] = ()) -> BrowserContext:
        context = self.browse(*flags, without=without)
        context.add_init_script(self.device)
        return context

    def ages(self) -> None:
        self.hands.forward(seconds=self.away_seconds)


@pytest.fixture
def tab(look_at: Any, browse: Any, drop: Any, hands: Any) -> Tab:
    return Tab(look_at, browse, drop, hands)


def go_away_and_back(page: Page, *, meanwhile: Callable[[], None]) -> None:
    page.goto("/help/agents")
    meanwhile()
    # A page that was kept whole is not loaded again.
    page.go_back(wait_until="commit")


def by_back(tab: Tab) -> Page:
    page = tab.opens()
    go_away_and_back(page, meanwhile=tab.ages)
    assert came_by_history_from_the_cache(page)
    return page


def by_forward(tab: Tab) -> Page:
    page = tab.opens()
    page.goto("/help/agents")
    page.goto(tab.address)
    page.go_back()
    tab.ages()
    page.go_forward(wait_until="commit")
    assert came_by_history_from_the_cache(page)
    return page


def by_back_to_what_was_kept_whole(tab: Tab) -> Page:
    page = tab.launches(without=("--disable-back-forward-cache",)).new_page()
    page.goto(tab.address)
    page.evaluate("window.isTheSame = true")
    go_away_and_back(page, meanwhile=tab.ages)
    assert page.evaluate("!!window.isTheSame") is ("shell" not in str(whole_browser()))
    return page


def by_being_shown_again(tab: Tab) -> Page:
    page = tab.opens()
    page.wait_for_load_state("networkidle")
    tab.ages()
    # A headless shell keeps no page whole; it is told that it came from there.
    with page.expect_response("**/now"):
        page.evaluate("() => { dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true})) }")
    return page


def by_a_restored_session(tab: Tab) -> Page:
    context = tab.launches()
    context.pages[0].goto(tab.address)
    # A browser writes down what is open every few seconds.
    context.pages[0].wait_for_timeout(3_000)
    context.close()
    tab.ages()
    context = tab.launches("--restore-last-session")
    context.pages[0].wait_for_timeout(1_000)
    pages = [page for page in context.pages if tab.address in page.url]
    assert len(pages) == ("shell" not in str(whole_browser()))
    if not pages:
        page = context.new_page()
        page.goto(tab.address)
        return page
    assert came_by_history_from_the_cache(pages[0])
    return pages[0]


def by_somebody_who_keeps_copies(tab: Tab) -> Page:
    page = tab.opens()
    copy = page.request.get(tab.address).body()
    tab.ages()
    page.route(f"**{tab.address}", lambda route: route.fulfill(body=copy, content_type="text/html"))
    page.reload()
    return page


def by_waking_up(tab: Tab) -> Page:
    page = tab.opens()
    page.wait_for_load_state("networkidle")
    tab.ages()
    page.evaluate("(slept) => sleepFor(slept)", tab.away_seconds * 1_000)
    page.wait_for_timeout(700)
    return page


def by_event(name: str) -> Callable[[Tab], Page]:
    def come(tab: Tab) -> Page:
        page = tab.opens()
        tab.ages()
        page.evaluate("(name) => document.dispatchEvent(new Event(name))", name)
        return page

    return come


WAYS = {
    "Back": by_back,
    "Forward": by_forward,
    "Back, kept whole": by_back_to_what_was_kept_whole,
    "shown again": by_being_shown_again,
    "restored": by_a_restored_session,
    "an old copy": by_somebody_who_keeps_copies,
    "awoken": by_waking_up,
    "thawed": by_event("resume"),
    "in sight again": by_event("visibilitychange"),
}
# By day each way with one of the devices, by night with all of them.
EVERY_WAY_AND_DEVICE = [
    pytest.param(way, device, id=f"{way}, {device}", marks=[] if (number - place) % 3 == 0 else [pytest.mark.nightly])
    for number, way in enumerate(WAYS)
    for place, device in enumerate(DEVICES)
]


@pytest.mark.parametrize(("way", "own_clock"), EVERY_WAY_AND_DEVICE)
def test_however_a_page_came_its_countdown_is_the_servers(tab, drop, way, own_clock):
    tab.device = DEVICE % DEVICES[own_clock]
    assert_right(WAYS[way](tab), drop)


@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=[] if way == "Back" else [pytest.mark.nightly]) for way in WAYS]
)
def test_however_a_page_came_it_says_that_it_is_over(tab, way):
    tab.away_seconds, tab.device = 600, DEVICE % DEVICES["two minutes slow"]
    page = WAYS[way](tab)
    # One that a browser opens by itself looks how it ended.
    expect(page.get_by_text(re.compile("^over$|The bell has rung"))).to_be_visible()
