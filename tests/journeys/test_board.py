"""The board's filters: they apply as they change, and without scripts by a button."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core import clock
from tests.journeys.ways import EVERY_CORNER, PHONE_DARK
from tests.play import make_user, open_drop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(visit):
    sender = make_user("sender")
    for pack, title in (("roast", "Roast my raft"), ("code", "Sort my ferries")):
        open_drop(sender, now=clock.now(), pack=pack, title=title, window_seconds=900)
    return lambda **way: visit(make_user("ada"), **way).opens("/board").page


@EVERY_CORNER
def test_filters_apply_as_they_change(board, way):
    page = board(**way)
    ferries = page.get_by_role("link", name="Sort my ferries")
    if page.get_by_text("Filters", exact=True).is_visible():
        page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Pack").select_option("roast")
    expect(ferries).to_have_count(0)
    page.wait_for_url("**/board?pack=roast*")
    page.get_by_label("Pack").select_option("")
    page.get_by_label("Search").press_sequentially("sor")
    expect(page.get_by_role("link", name="Roast my raft")).to_have_count(0)
    expect(ferries).to_be_visible()
    page.reload()
    expect(ferries).to_be_visible()
    expect(page.get_by_label("Search")).to_have_value("sor")


def test_without_scripts_a_button_applies_them(board):
    page = board(**PHONE_DARK, scripts=False)
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Pack").select_option("roast")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="Sort my ferries")).to_have_count(0)
    expect(page.get_by_role("link", name="Roast my raft")).to_be_visible()
