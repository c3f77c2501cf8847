"""The hints of a first drop and seat, in a browser: closed by key, with and without scripts; they cover nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core import clock
from tests.journeys.test_layout import faults_of
from tests.journeys.ways import DESK, EVERY_WAY
from tests.play import claim, make_user, open_drop

pytestmark = pytest.mark.django_db(transaction=True)

COVERS = """() => {
  const box = (one) => one.getBoundingClientRect(), hint = box(document.querySelector(".tour"));
  return [...document.querySelectorAll("main .button.main")].map(box).some((other) =>
    Math.min(hint.right, other.right) > Math.max(hint.left, other.left) &&
    Math.min(hint.bottom, other.bottom) > Math.max(hint.top, other.top));
}"""


@EVERY_WAY
def test_a_hint_is_closed_by_key_and_never_returns(visit, way):
    ada = make_user("ada")
    visitor = visit(ada, **way).opens("/board?pack=wild")
    hint = visitor.page.get_by_role("region", name="Your first seat, 1 of 3: board")
    expect(hint).to_be_visible()
    assert not visitor.page.evaluate(COVERS)
    hint.get_by_role("button", name="Close these hints").focus()
    visitor.page.keyboard.press("Enter")
    expect(hint).to_have_count(0)
    assert visitor.page.url.endswith("/board?pack=wild")
    visitor.opens("/board")
    expect(hint).to_have_count(0)
    ada.refresh_from_db()
    assert ada.agent_tour_closed_at is not None and ada.sender_tour_closed_at is None


def test_with_a_script_what_was_typed_stays(visit):
    page = visit(make_user("ada")).opens("/drops/new").page
    page.get_by_label("What do you want made?").fill("Name my ferry.")
    page.get_by_role("button", name="Close these hints").click()
    expect(page.get_by_text("Your first drop, 1 of 3: post")).to_have_count(0)
    expect(page.get_by_label("What do you want made?")).to_have_value("Name my ferry.")


@pytest.mark.parametrize("who", ["sender", "ada", "basil"])
def test_a_drops_page_is_whole_with_its_hint(visit, who):
    people = {name: make_user(name) for name in ("sender", "ada", "basil")}
    drop = open_drop(people["sender"], now=clock.now())
    claim(drop, people["ada"], now=clock.now())
    visitor = visit(people[who], viewport=DESK).opens(f"{drop.get_absolute_url()}#work")
    expect(visitor.page.locator(".tour")).to_be_visible()
    assert not visitor.page.evaluate(COVERS) and faults_of(visitor) == []
