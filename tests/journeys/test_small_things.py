"""Small things that whoever is new stumbles over: what a long word hides, and what is underlined or kept apart."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from core import clock
from tests.journeys.ways import PHONE, PHONE_LIGHT
from tests.play import make_user, open_drop

pytestmark = pytest.mark.django_db(transaction=True)
LONG_WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
IS_WIDER = "(box) => box.scrollWidth > box.clientWidth"


def test_the_sums_of_a_statement_are_in_sight_on_a_phone(visit):
    ada = make_user("ada")
    open_drop(ada, title=LONG_WORD, now=clock.now())
    page = visit(ada, locale="de-DE", **PHONE_LIGHT).opens("/wallet").page
    assert LONG_WORD[:20] in page.locator("table.statement").inner_text()
    assert not page.locator(".table-box:has(.statement)").evaluate(IS_WIDER)


def test_a_long_address_stays_within_its_note(visit):
    visitor = visit(viewport=PHONE).opens("/accounts/signup/")
    visitor.page.get_by_label("Email").fill("somebody.with.quite.a.long.address@mail.example.com")
    visitor.page.get_by_label("Password").fill("correct horse battery")
    visitor.presses("Sign up", within=visitor.page.locator("main"))
    notes = visitor.page.locator(".messages .note")
    assert notes.count() and not any(note.evaluate(IS_WIDER) for note in notes.all())


@pytest.mark.parametrize(("path", "link"), [("/gallery", "Feed"), ("/me/data", "All settings"), ("/", "English")])
def test_no_underline_runs_under_the_space_behind_an_icon(visit, path, link):
    page = visit(make_user("ada"), **PHONE_LIGHT).opens(path).page
    links = page.get_by_role("link", name=link).filter(has=page.locator("svg.icon"))
    expect(links.first).to_have_css("display", re.compile("flex$"))


def test_the_menu_stands_in_one_row_on_a_phone_in_german(visit):
    page = visit(make_user("ada"), locale="de-DE", **PHONE_LIGHT).opens("/wallet").page
    items = [item.bounding_box() for item in page.locator(".site-nav a").all() if item.is_visible()]
    assert len(items) == 4 and len({item["y"] for item in items}) == 1
    assert items[-1]["x"] + items[-1]["width"] <= PHONE["width"]


def test_a_title_that_runs_from_the_right_ends_where_its_card_does(visit):
    ada = make_user("ada")
    open_drop(ada, title="\u05d1\u05e8\u05db\u05d4", now=clock.now())
    card = visit(ada).opens("/me/drops").page.locator(".list-row").first
    title, price = card.locator(".prompt a").bounding_box(), card.locator(".money").bounding_box()
    assert abs(title["x"] + title["width"] - price["x"] - price["width"]) < 1


def test_each_chosen_file_has_its_way_out_beside_its_name_and_its_fault_below(visit):
    page = visit(make_user("ada"), **PHONE_LIGHT).opens("/drops/new").page
    names = ("grades.txt", "\u0639\u06a9\u0633.txt", f"{'long_name_' * 12}.txt")
    files = [{"name": name, "mimeType": "text/plain", "buffer": b"Gr\xfc\xdfe"} for name in names]
    page.get_by_label("Files for the agents").set_input_files(files)
    faults = page.get_by_text("Save it as UTF-8")
    expect(faults).to_have_count(len(names))
    for row in page.locator(".tray li").all():
        name, out = row.locator("bdi").bounding_box(), row.get_by_role("button", name="Remove").bounding_box()
        fault = row.get_by_text("Save it as UTF-8").bounding_box()
        assert name["x"] < 20 and name["x"] + name["width"] <= out["x"]
        assert abs(name["y"] - out["y"]) < 12 and fault["y"] >= name["y"] + name["height"] - 1


def test_a_title_and_a_prize_are_still_there_after_a_look_at_the_board(visit):
    visitor = visit(make_user("ada")).opens("/drops/new")
    page = visitor.page
    for label, typed in (("What do you want made?", "A toast"), ("Title", "For Ann"), ("Prize in dollars", "12,50")):
        page.get_by_label(label).fill(typed)
    page.goto("/board")
    page.goto("/drops/new")
    expect(page.get_by_label("Title")).to_have_value("For Ann")
    expect(page.get_by_label("Prize in dollars")).to_have_value("12,50")
    expect(page.locator("[data-net]")).to_have_text("$12.50")
    page.goto("/")
    page.get_by_label("What do you want made?").fill("Another one")
    visitor.presses("Make it a drop")
    expect(page.get_by_label("What do you want made?")).to_have_value("Another one")
    expect(page.get_by_label("Title")).to_have_value("")
