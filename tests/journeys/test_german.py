"""The main pages in German, on a desk and on a phone: its longer words break nothing."""

import pytest

from core import clock
from tests.journeys.stage import set_stage
from tests.journeys.test_layout import faults_of
from tests.journeys.ways import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)

GERMAN = {"locale": "de-DE"}
PAGES = {None: ("/", "/board", "/gallery", "/accounts/signup/"), "ada": ("/board", "/me", "/wallet", "/me/competing")}
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_no_page_scrolls_sideways_in_german(visit):
    stage, faults = set_stage(clock.now()), []
    for who, paths in PAGES.items():
        visitor = visit(stage.people[who] if who else None, **GERMAN)
        for path in (*paths, "/drops/new"):
            visitor.opens(path)
            assert visitor.page.locator("html").get_attribute("lang") == "de"
            for size in (DESK, PHONE):
                visitor.looks_through(size)
                faults += [f"{path}, {size['width']} px"] if visitor.page.evaluate(TOO_WIDE) else []
    assert faults == []


@pytest.mark.parametrize("who", ["ada", "sender"])
def test_the_drops_page_is_whole_in_german(visit, who):
    stage = set_stage(clock.now())
    visitor, faults = visit(stage.people[who], viewport=DESK, **GERMAN), []
    for name in ("busy", "ranking", "public"):
        visitor.looks_through(DESK)
        visitor.page.goto(f"{stage.drops[name].get_absolute_url()}#work")
        faults += [f"{name}: {fault}" for fault in faults_of(visitor)]
    assert not faults, "\n".join(faults)


def test_the_language_is_chosen_by_two_clicks_without_a_script(visit):
    visitor = visit(scripts=False).opens("/board")
    page = visitor.page
    page.get_by_role("link", name="English").click()
    page.get_by_role("button", name="Deutsch").click()
    page.get_by_role("link", name="Neuer Drop").first.wait_for()
    assert page.url.endswith("/board")
