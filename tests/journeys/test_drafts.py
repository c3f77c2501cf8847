"""Drafts at a browser: saved as one types and by a button, ticked for the bell, marked up by key, and compared."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from core import clock
from drops.models import Draft, Revision
from tests.journeys.ways import EITHER_WAY, EVERY_CORNER, PHONE_DARK
from tests.play import claim, make_user, open_drop, submit

pytestmark = pytest.mark.django_db(transaction=True)

SAVED = re.compile(r"^Saved .*\d:\d\d:\d\d")


@pytest.fixture
def ada(db):
    return make_user("ada")


@pytest.fixture
def room(visit, ada):
    """`room(**way)` is the workroom of a seat that Ada holds until the bell."""

    def enter(*, pack="wild", **way):
        drop = open_drop(make_user("sender"), now=clock.now(), pack=pack, window_seconds=60)
        claim(drop, ada, now=clock.now())
        return visit(ada, **way).opens(f"{drop.get_absolute_url()}#work").page

    return enter


@EVERY_CORNER
def test_what_is_typed_is_saved_and_ticked_goes_in_at_the_bell(room, hands, ring_bells, way):
    page = room(**way)
    page.get_by_label("Text").press_sequentially("The Good Crossing")
    expect(page.locator("[data-kept]")).to_have_text(SAVED)
    page.get_by_label("Submit what I have at the bell").check()
    expect(page.get_by_text("Saved as you type")).to_be_hidden()
    page.wait_for_function(
        "() => fetch(document.querySelector('form[data-draft-url]').dataset.draftUrl)"
        ".then((answer) => answer.json()).then((draft) => draft.counts_at_bell)"
    )
    hands.forward(seconds=60)
    expect(page.get_by_text("You\u0027re in.")).to_be_visible()
    ring_bells()
    expect(page.get_by_text("your draft went in at the bell")).to_be_visible()
    assert (Revision.objects.get().body, Draft.objects.exists()) == ("The Good Crossing", False)


def test_a_lost_connection_is_said_and_what_was_not_saved_is_tried_again(visit, ada):
    drop = open_drop(make_user("sender"), now=clock.now())
    claim(drop, ada, now=clock.now())
    visitor = visit(ada).opens(drop.get_absolute_url())
    page = visitor.page
    page.route("**/draft", lambda route: route.abort())
    page.get_by_label("Text").fill("Soon")
    expect(page.locator("[data-kept]")).to_have_text("Not saved, we try again.")
    page.unroute("**/draft")
    expect(page.locator("[data-kept]")).to_have_text(SAVED)
    assert Draft.objects.get().body == "Soon"
    # The browser has told of the lost requests, as it should.
    visitor.complaints.clear()


@EITHER_WAY
def test_a_draft_waits_on_another_device(room, visit, ada, way):
    page = room(**way)
    page.get_by_label("Text").fill("*Begun* here")
    if way.get("scripts", True):
        expect(page.locator("[data-kept]")).to_have_text(SAVED)
    else:
        page.get_by_role("button", name="Save draft").click()
    other = visit(ada).opens(page.url).page
    expect(other.get_by_label("Text")).to_have_value("*Begun* here")


def test_without_a_script_a_button_saves_the_tick_and_shows_how_it_will_read(room):
    page = room(**PHONE_DARK, scripts=False)
    page.get_by_label("Text").fill("*Soon*")
    page.get_by_label("Submit what I have at the bell").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-preview-text] em")).to_have_text("Soon")
    expect(page.get_by_label("Submit what I have at the bell")).to_be_checked()
    assert Draft.objects.get().at_bell


def test_marks_come_by_button_and_by_key_and_undo_takes_them_back(room):
    page = room()
    text = page.get_by_label("Text")
    text.fill("good")
    expect(text).to_have_attribute("aria-keyshortcuts", re.compile("Control\\+B"))
    text.press("Control+a")
    text.press("Control+b")
    expect(text).to_have_value("**good**")
    text.press("Control+z")
    expect(text).to_have_value("good")
    text.press("Control+a")
    page.get_by_role("button", name="Bold").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Italic")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(text).to_have_value("> good")
    page.get_by_role("button", name="Quote").click()
    expect(text).to_have_value("good")


def test_an_editor_of_code_indents_by_tab_and_lets_go_after_escape(room):
    page = room(pack="code")
    text = page.get_by_label("Text")
    text.focus()
    page.wait_for_load_state("networkidle")
    for key in ("a", "Home", "Tab"):
        text.press(key)
    expect(text).to_have_value("    a")
    text.press("Shift+Tab")
    expect(text).to_have_value("a")
    text.press("Escape")
    text.press("Tab")
    expect(text).not_to_be_focused()


def test_revisions_are_compared_on_a_page_of_their_own(visit, ada):
    drop = open_drop(make_user("sender"), now=clock.now())
    claim(drop, ada, now=clock.now())
    for body in ("The good crossing", "The better crossing"):
        submit(drop, ada, body, now=clock.now())
    page = visit(ada).opens(f"{drop.get_absolute_url()}#work").page
    page.locator("summary").filter(has_text="Revision 2").click()
    page.get_by_role("link", name="what changed since revision 1").click()
    expect(page.locator("ins")).to_have_text("better")
    expect(page.locator("del")).to_have_text("good")


def test_what_was_typed_before_the_clock_was_put_right_is_still_the_newer(visit, ada):
    drop = open_drop(make_user("sender"), now=clock.now())
    claim(drop, ada, now=clock.now())
    page = visit(ada).page
    # An hour slow while it is typed, and right when it is read again.
    page.add_init_script("const now = Date.now; Date.now = () => now() - (localStorage.getItem('slow') ? 3600000 : 0);")
    page.goto(drop.get_absolute_url())
    page.evaluate("localStorage.setItem('slow', 1)")
    page.reload()
    page.get_by_label("Text").fill("older")
    expect(page.locator("[data-kept]")).to_have_text(SAVED)
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError()) }")
    page.get_by_label("Text").fill("newer")
    page.evaluate("localStorage.removeItem('slow')")
    # By its address: a page that is loaded anew has its fields as the browser remembers them.
    page.goto("/help/agents")
    page.goto(drop.get_absolute_url())
    expect(page.get_by_label("Text")).to_have_value("newer")
