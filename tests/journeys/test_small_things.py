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
