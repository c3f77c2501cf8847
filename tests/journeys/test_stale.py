"""What a page that came back knows of the time, when it asks, and what it says until it is answered."""

from __future__ import annotations

import random
import re
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from clorp.dev import browser
from core import clock
from core.page_tags import clock_face
from tests.journeys.people import NO_LOOKS, Visitor
from tests.play import make_user, open_drop
from tests.plugins.browser import EXPECT_MILLISECONDS

pytestmark = pytest.mark.django_db(transaction=True)

AWAY_SECONDS = 17
WITHIN_SECONDS = 1.0
FACE = "time.countdown.big"


@pytest.fixture
def drop():
    """Open since this moment, for five minutes."""
    return open_drop(make_user("sender"), now=clock.now())


@pytest.fixture
def look_at(visit: Any, drop: Any) -> Callable[..., Page]:
    """`look_at(*scripts)` is the drop's page in a browser where these run first, as a stranger sees it."""

    def come(*scripts: str) -> Page:
        visitor: Visitor = visit()
        for script in scripts:
            visitor.page.add_init_script(script)
        return visitor.opens(drop.get_absolute_url()).page

    return come


def whole_browser() -> str | None:
    """A Chromium with windows; a headless shell, where there is no other, keeps no page whole and no session."""
    names = (name for name in browser.NAMES if "shell" not in name)
    return next((path for name in names if (path := shutil.which(name))), browser.find_browser())


@pytest.fixture
def browse(playwright: Any, site_url: str, tmp_path: Path) -> Iterator[Callable[..., BrowserContext]]:
    """`browse(*flags, without=…)` is a browser with a profile that outlives it, as people have."""
    opened: list[BrowserContext] = []

    def launch(*flags: str, without: tuple[str, ...] = ()) -> BrowserContext:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile",
            base_url=site_url,
            executable_path=whole_browser(),
            args=[*browser.launch_flags(), *flags],
            ignore_default_args=list(without),
        )
        context.add_init_script(NO_LOOKS)
        opened.append(context)
        return context

    yield launch
    for context in opened:
        context.close()


def off_by(page: Page, drop: Any) -> float:
    """How many seconds the page's countdown shows too many, at the best of a few looks."""
    minutes, seconds = page.locator(FACE).inner_text().split(":")
    # A face is rounded up.
    return int(minutes) * 60 + int(seconds) - 0.5 - (drop.window_closes_at - clock.now()).total_seconds()


def assert_right(page: Page, drop: Any) -> None:
    until, off = time.monotonic() + EXPECT_MILLISECONDS / 1_000, off_by(page, drop)
    while abs(off) > WITHIN_SECONDS and time.monotonic() < until:
        page.wait_for_timeout(50)
        off = off_by(page, drop)
    assert abs(off) <= WITHIN_SECONDS, f"The countdown is off by {off:.1f} s."


def test_until_it_is_answered_it_is_not_sure(look_at, drop):
    page = look_at(NO_LOOKS)
    expect(page.locator(FACE)).not_to_have_class(re.compile("unsure"))
    page.wait_for_load_state("networkidle")
    asked = []
    # The driver takes no method of a list's.
    page.route("**/now", lambda route: asked.append(route), times=1)  # noqa: PLW0108
    page.evaluate("() => { dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true})) }")
    expect(page.locator(FACE)).to_have_class(re.compile("unsure"))
    while not asked:
        page.wait_for_timeout(50)
    for route in asked:
        route.continue_()
    expect(page.locator(FACE)).not_to_have_class(re.compile("unsure"))


def test_a_page_that_is_shown_for_the_first_time_asks_once(visit, drop):
    page, asked = visit().page, []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/now") else None)
    page.goto(drop.get_absolute_url(), wait_until="networkidle")
    assert len(asked) == 1


def test_page_and_server_write_every_time_left_alike(look_at):
    page, dice = look_at(), random.Random(12)
    lefts = [base + offset for base in (0, 60_000, 3_600_000, 86_400_000) for offset in (-1, 0, 1, 999, 1_000, 1_001)]
    lefts += [dice.randrange(-(10**6), 10 ** dice.randrange(3, 10)) for _ in range(500)]
    faces = page.evaluate(
        "async (lefts) => lefts.map((await import('/static/js/countdown.js')).clockFace)",
        lefts,
    )
    assert faces == [clock_face(timedelta(milliseconds=left)) for left in lefts]


def test_after_a_freeze_while_the_page_was_asking(visit, drop, hands):
    visitor: Visitor = visit()
    page, asked = visitor.page, []
    page.add_init_script(NO_LOOKS)
    # The first answer is read by the server at once, and gets here when it is let.
    page.route("**/now", lambda route: asked.append((route, route.fetch())), times=1)
    with page.expect_request("**/now"):
        visitor.opens(drop.get_absolute_url())
    while not asked:
        page.wait_for_timeout(50)
    hands.forward(seconds=AWAY_SECONDS)
    page.evaluate("document.dispatchEvent(new Event('resume'))")
    for route, answer in asked:
        route.fulfill(response=answer)
    assert_right(page, drop)


def test_a_device_whose_clock_is_put_right_meanwhile(look_at, drop):
    page = look_at(NO_LOOKS, "const now = Date.now; window.turned = 0; Date.now = () => now() + window.turned;")
    page.evaluate("window.turned = -3600000")
    page.wait_for_timeout(1_200)
    assert_right(page, drop)


def test_a_page_that_can_ask_nobody_says_that_it_is_not_sure(browse, drop, hands):
    context = browse()
    page = context.new_page()
    page.goto(drop.get_absolute_url())
    page.goto("/help/agents")
    hands.forward(seconds=AWAY_SECONDS)
    context.set_offline(True)
    page.go_back()
    expect(page.locator(FACE)).to_have_class(re.compile("unsure"))
    context.set_offline(False)
    # A browser need not say that it is online again; the page asks anew every five seconds.
    expect(page.locator(FACE)).not_to_have_class(re.compile("unsure"))
    assert_right(page, drop)


def test_back_to_what_is_over_looks_how_it_ended(look_at, hands, ring_bells):
    page = look_at()
    page.goto("/help/agents")
    hands.forward(seconds=600)
    ring_bells()
    page.go_back()
    expect(page.locator(FACE)).to_be_hidden()
    expect(page.locator("[data-over]")).to_be_visible()
