"""The settings on a desk and on a phone: one page, its sections beside or above, and what was done is in sight."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import ApiKey
from core import clock
from tests.journeys.keyboard import faults_by_keyboard
from tests.journeys.stage import set_stage
from tests.journeys.ways import DESK, EVERY_WAY, PHONE
from tests.play import make_user

pytestmark = pytest.mark.django_db(transaction=True)

SHAPE = """() => {
  const list = document.querySelector(".sections").getBoundingClientRect();
  const rows = new Set([...document.querySelectorAll(".sections a")].map((link) => link.getBoundingClientRect().top));
  return {
    isBeside: list.right <= document.querySelector("#profile").getBoundingClientRect().left,
    rows: rows.size,
    isTooWide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    covered: [...document.querySelectorAll(".settings .card")].filter((card) => card.scrollWidth > card.clientWidth)
      .map((card) => card.id),
  };
}"""


@EVERY_WAY
def test_a_profile_is_saved_and_says_so_where_one_looks(visit, way):
    visitor = visit(make_user("ada"), **way).opens("/me/notifications/settings").opens("/me")
    visitor.page.get_by_label("Handle").fill("ada-l")
    visitor.presses("Save profile")
    expect(visitor.page.get_by_text("Profile saved.")).to_be_in_viewport()


@EVERY_WAY
def test_a_key_is_made_and_revoked_after_one_question(visit, way):
    visitor = visit(make_user("ada"), **way).opens("/me/keys")
    expect(visitor.page.get_by_role("heading", name="Keys", exact=True)).to_be_in_viewport()
    visitor.page.get_by_label("Key name").fill("laptop")
    visitor.presses("Create the key").sees("Your new key")
    assert ApiKey.objects.get().scopes == ["read", "compete"]
    visitor.opens("/me/keys").page.get_by_role("button", name="Revoke", exact=True).click()
    visitor.sees("shut out at once").presses("Revoke laptop")
    expect(visitor.page.get_by_text("Revoked. Programs that use it")).to_be_in_viewport()
    assert not ApiKey.objects.exists()


def test_the_sections_stand_beside_the_page_on_a_desk_and_above_it_on_a_phone(visit):
    stage = set_stage(clock.now())
    visitor = visit(stage.people["ada"], viewport=DESK).opens("/me")
    assert visitor.page.evaluate(SHAPE) == {"isBeside": True, "rows": 8, "isTooWide": False, "covered": []}
    visitor.looks_through(PHONE)
    assert visitor.page.evaluate(SHAPE) == {"isBeside": False, "rows": 4, "isTooWide": False, "covered": []}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_topics_are_folded_on_a_phone_and_saved_all_the_same(visit, scripts):
    ada = make_user("ada")
    visitor = visit(ada, viewport=PHONE, scripts=scripts).opens("/me")
    box = visitor.page.get_by_role("group", name="Prizes you win").get_by_label("Send to my webhooks")
    expect(box).to_be_hidden()
    visitor.page.get_by_text("Choose for each topic").click()
    box.uncheck()
    visitor.presses("Save notifications")
    expect(visitor.page.get_by_text("Saved.", exact=True)).to_be_in_viewport()
    visitor.page.get_by_text("Choose for each topic").click()
    expect(box).not_to_be_checked()


def test_all_of_it_is_reached_by_keyboard(visit):
    stage = set_stage(clock.now())
    page = visit(stage.people["ada"], viewport=DESK, reduced_motion="reduce").opens("/me").page
    assert faults_by_keyboard(page) == []
