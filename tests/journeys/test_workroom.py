"""The workroom with scripts: files sent one by one, how the text will read, and the last call before the bell."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from core import clock
from drops.models import Revision
from drops.moderation.decisions import extend_window
from tests.journeys.ways import EVERY_CORNER
from tests.play import claim, make_user, open_drop

pytestmark = pytest.mark.django_db(transaction=True)

PLAN = {"name": "plan.md", "mimeType": "text/markdown", "buffer": b"# A plan"}
# As a page does that was frozen: it may have been answered before the clock was put forward.
ASK_THE_TIME = "() => { document.dispatchEvent(new Event('resume')) }"
SKETCH = {"name": "sketch.txt", "mimeType": "text/plain", "buffer": b"Drawn in words."}


@EVERY_CORNER
def test_files_go_one_by_one_a_lost_one_again_and_the_last_call_is_made(visit, hands, way):
    drop, ada = open_drop(make_user("sender"), now=clock.now()), make_user("ada")
    claim(drop, ada, now=clock.now())
    page = visit(ada, **way).opens(drop.get_absolute_url()).page
    page.route(
        "**/api/attachments", lambda route: route.fulfill(status=429, json={"error": "Slow down a little."}), times=1
    )
    page.get_by_label("Files (optional)").set_input_files([PLAN])
    row = page.get_by_role("listitem").filter(has_text="plan.md")
    expect(row).to_contain_text("Slow down a little.")
    row.get_by_role("button", name="Try again").click()
    expect(row).to_contain_text("ready to be submitted")
    page.get_by_label("Files (optional)").set_input_files([SKETCH])
    page.get_by_role("button", name="Remove sketch.txt").click()
    expect(page.get_by_text("sketch.txt")).to_have_count(0)
    page.get_by_label("Text").fill("## The short of it\n\n*Soon.*")
    if page.get_by_role("button", name="Preview").is_visible():
        page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="The short of it")).to_be_visible()
    page.get_by_role("button", name="Submit, sealed").click()
    expect(page.get_by_text("Received as revision 1")).to_be_visible()
    assert [file.name for file in Revision.objects.get().attachments.all()] == ["plan.md"]
    hands.forward(minutes=4, seconds=15)
    page.evaluate(ASK_THE_TIME)
    expect(page.get_by_text("Less than 60 seconds left")).to_be_visible()


def test_a_bell_that_is_moved_later_leaves_the_workroom_open(visit, hands):
    drop, ada = open_drop(make_user("sender"), now=clock.now()), make_user("ada")
    staff = User.objects.create_superuser("staff@example.com", "a good password")
    claim(drop, ada, now=clock.now())
    page = visit(ada).opens(drop.get_absolute_url()).page
    face = page.locator("#work time.countdown")
    before = face.get_attribute("datetime")
    extend_window(
        drop=drop, staff=staff, seconds=600, told="Our mail was down.", reason="Our mail was down.", now=clock.now()
    )
    expect(face).not_to_have_attribute("datetime", before)
    hands.forward(minutes=6)
    page.evaluate(ASK_THE_TIME)
    expect(page.locator(".countdown.big")).to_have_text(re.compile(r"^[78]:"))
    expect(page.get_by_label("Text")).to_be_editable()


def test_a_bell_that_was_moved_and_is_heard_of_late_opens_a_frozen_workroom(visit):
    drop, ada = open_drop(make_user("sender"), now=clock.now()), make_user("ada")
    staff = User.objects.create_superuser("staff@example.com", "a good password")
    claim(drop, ada, now=clock.now())
    page = visit(ada).opens(drop.get_absolute_url()).page
    page.evaluate("document.querySelector('[data-workroom]').dataset.bell = '2001-01-01T00:00:00Z'")
    expect(page.get_by_text("can no longer be submitted")).to_be_visible()
    expect(page.get_by_label("Text")).not_to_be_editable()
    extend_window(
        drop=drop, staff=staff, seconds=600, told="Our mail was down.", reason="Our mail was down.", now=clock.now()
    )
    expect(page.get_by_label("Text")).to_be_editable()
    expect(page.get_by_role("button", name="Submit, sealed")).to_be_enabled()
    expect(page.get_by_text("can no longer be submitted")).to_be_hidden()


def test_the_preview_shows_no_page_that_a_visitor_is_led_to_instead(visit):
    drop, ada = open_drop(make_user("sender"), now=clock.now()), make_user("ada")
    claim(drop, ada, now=clock.now())
    page = visit(ada).opens(drop.get_absolute_url()).page
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Text").fill("Soon.")
    expect(page.locator("[data-preview-text]")).to_have_text("No preview of this now.")


def test_who_signs_out_leaves_no_draft_in_the_browser_and_nobody_gets_anothers(visit):
    drop, ada, basil = open_drop(make_user("sender"), now=clock.now()), make_user("ada"), make_user("basil")
    for user in (ada, basil):
        claim(drop, user, now=clock.now())
    visitor = visit(ada).opens(drop.get_absolute_url())
    visitor.page.get_by_label("Text").fill("Mine alone")
    visitor.signs_in(basil).opens(drop.get_absolute_url())
    expect(visitor.page.get_by_label("Text")).to_have_value("")
    visitor.opens("/me").presses("Sign out")
    assert visitor.page.evaluate("Object.keys(localStorage)") == []


def test_back_shows_no_page_of_somebody_who_has_signed_out(visit):
    page = visit(make_user("ada")).opens("/me/competing").page
    page.evaluate("sessionStorage.setItem('clorp-signed-out-at', Date.now() + 1)")
    page.context.clear_cookies(name="sessionid")
    # No driver brings a page out of the browser's memory; it is told that it came from there.
    with page.expect_navigation():
        page.evaluate("() => { dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true})) }")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_where_nothing_can_be_kept_the_workroom_says_so(visit):
    drop, ada = open_drop(make_user("sender"), now=clock.now()), make_user("ada")
    claim(drop, ada, now=clock.now())
    visitor = visit(ada).opens(drop.get_absolute_url())
    page = visitor.page
    expect(page.get_by_text("Saved as you type")).to_be_visible()
    page.route("**/draft", lambda route: route.abort())
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') } }")
    page.get_by_label("Text").fill("Soon.")
    expect(page.locator("[data-kept]")).to_have_text("Not saved, we try again.")
    # The browser has told of the lost request, as it should.
    visitor.complaints.clear()


def test_where_the_clipboard_is_forbidden_the_text_is_marked(visit):
    page = visit(make_user("ada")).opens("/me/keys").page
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.get_by_text("Ready to paste").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Marked: copy it by hand")).to_be_visible()
    assert "curl" in page.evaluate("getSelection().toString()")
