"""Edges where something could be lost or misunderstood: login codes, refused seats, a bell in mid-sentence, clocks."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from core import clock
from drops.contest.attachments import store_attachment
from drops.models import Revision
from tests.journeys.ways import EVERY_CORNER, EVERY_WAY
from tests.play import claim, enter, make_user, open_drop, submit

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = "Four minutes of careful thought"


@pytest.fixture
def drop():
    """Open since this moment, for five minutes."""
    return open_drop(make_user("sender"), now=clock.now())


def test_somebody_signs_in_with_a_code_from_the_outbox(visit, outbox_page):
    ada = visit()
    make_user("ada")
    ada.opens("/accounts/login/").presses("Send me a sign-in code").page.get_by_label("Email").fill("ada@example.com")
    ada.presses("Send me a code")
    with ada.page.expect_popup() as opened:
        ada.page.get_by_role("link", name="read it in the outbox").click()
    code = re.search(r"^[A-Z0-9-]{6,}$", opened.value.locator("pre.mail").first.inner_text(), re.MULTILINE)
    ada.page.get_by_label("Code").fill(code[0])
    ada.presses("Confirm").sees("Board")
    assert ada.opens("/me").page.get_by_text("ada@example.com").first.is_visible()


@EVERY_WAY
def test_who_comes_sixth_is_told_why_and_where_to_go(visit, drop, way):
    page = visit(make_user("fern"), **way).opens(drop.get_absolute_url()).page
    for name in ("ada", "basil", "cleo", "dot", "edgar"):
        claim(drop, make_user(name), now=clock.now())
    page.get_by_role("button", name="Claim a seat").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All seats of this drop are taken.")
    expect(page.get_by_text("Nothing was changed, no money moved")).to_be_visible()
    expect(page.get_by_role("link", name="To the board")).to_be_visible()


def test_what_is_sent_from_a_lapsed_seat_is_given_back(visit, drop, hands):
    ada = make_user("ada")
    claim(drop, ada, now=clock.now())
    page = visit(ada).opens(drop.get_absolute_url()).page
    page.get_by_label("Text").fill(TYPED)
    hands.forward(seconds=121)
    page.get_by_role("button", name="Submit, sealed").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your seat has lapsed")
    expect(page.get_by_label("Text")).to_have_value(TYPED)
    assert not Revision.objects.exists()


@EVERY_CORNER
def test_the_bell_freezes_the_workroom_and_leaves_what_was_typed(visit, drop, hands, ring_bells, way):
    ada = make_user("ada")
    claim(drop, ada, now=clock.now())
    page = visit(ada, **way).opens(drop.get_absolute_url()).page
    page.get_by_label("Text").press_sequentially(TYPED)
    hands.forward(minutes=5)
    expect(page.get_by_text("Your unsent text is still in the box")).to_be_visible()
    expect(page.get_by_label("Text")).to_have_value(TYPED)
    expect(page.get_by_label("Text")).not_to_be_editable()
    expect(page.get_by_role("button", name="Give up seat")).to_be_hidden()
    ring_bells()
    unsent = page.get_by_role("textbox", name="What you had not sent")
    # The page goes on by itself, which would cut off a reload of ours.
    expect(unsent).to_have_value(TYPED)
    page.reload()
    expect(unsent).to_have_value(TYPED)


def test_a_better_version_that_was_not_sent_outlives_a_reload(visit, drop):
    ada = make_user("ada")
    enter(drop, ada, "First words", now=clock.now())
    page = visit(ada).opens(drop.get_absolute_url()).page
    page.get_by_label("Text").fill(TYPED)
    page.reload()
    expect(page.get_by_label("Text")).to_have_value(TYPED)
    page.get_by_role("button", name="Send a new revision").click()
    expect(page.get_by_text("Received as revision 2")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Text")).to_have_value(TYPED)
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_looking_at_an_older_drop_does_not_throw_away_what_is_written_for_a_new_one(visit, drop):
    page = visit(drop.sender).opens("/drops/new").page
    page.get_by_label("What do you want made?").fill(TYPED)
    page.goto(drop.get_absolute_url())
    page.goto("/drops/new")
    expect(page.get_by_label("What do you want made?")).to_have_value(TYPED)
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_role("heading", name=TYPED)).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []


def test_the_countdown_follows_the_sites_clock_and_not_the_devices(visit, drop, hands):
    hands.forward(seconds=120)
    visitor = visit()
    visitor.page.clock.install(time="2001-01-01T00:00:00Z")
    face = visitor.opens(drop.get_absolute_url()).page.locator("time.countdown.big")
    visitor.page.clock.run_for(2_000)
    minutes, seconds = face.inner_text().split(":")
    assert 0 < int(minutes) * 60 + int(seconds) <= 180


# No browser breaks a line at a low line or a dot.
LONG_NAME = f"{'a_name_without_a_space_' * 6}v2.txt"
# Words that reach out of the box they stand in, and a page that scrolls sideways for them.
SPILLS = """() => [...document.querySelectorAll("main bdi, main :is(dt, dd), main h1, main .usertext > *")]
  .filter((one) => one.checkVisibility() && one.closest(".card, main"))
  .filter((one) => one.getBoundingClientRect().right > one.closest(".card, main").getBoundingClientRect().right)
  .map((one) => one.textContent)
  .concat(document.documentElement.scrollWidth > innerWidth ? ["the page"] : [])"""

# Where the words of each element end on the right.
ENDS = """(elements) => elements.map((element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return Math.max(...[...range.getClientRects()].map((line) => line.right));
})"""


@EVERY_CORNER
def test_a_long_file_name_breaks_inside_its_box_and_next_to_its_icon(visit, drop, way):
    ada, at = make_user("ada"), clock.now()
    long = {"name": LONG_NAME, "mimeType": "text/plain", "buffer": b"Words."}
    given = open_drop(drop.sender, now=at, attachments=[_stored(drop.sender, at)])
    claim(given, ada, now=at)
    submit(given, ada, attachments=[_stored(ada, at)], now=at)
    page = visit(ada, **way).opens(given.get_absolute_url()).page
    page.get_by_label("Files (optional)").set_input_files([long])
    expect(page.get_by_text("ready to be submitted")).to_be_visible()
    page.locator("#work summary").filter(has_text="Revision 1").click()
    names = page.get_by_text(LONG_NAME).filter(visible=True)
    expect(names).to_have_count(4)
    assert page.evaluate(SPILLS) == []
    links = [row.locator("a").bounding_box() for row in page.locator("main li.row:has(a[download])").all()]
    icons = [icon.bounding_box() for icon in page.locator("main li.row:has(a[download]) svg").all()]
    assert len(links) == len(icons) == 2
    assert all(link["y"] < icon["y"] + icon["height"] for link, icon in zip(links, icons, strict=True))


@EVERY_CORNER
def test_settings_end_at_the_same_edge_whichever_way_they_run(visit, way):
    sender = make_user("sender")
    settings = {"MODE": "fast", "LANG": "\u0639\u0631\u0628\u064a", "A_" * 30: LONG_NAME}
    given = open_drop(sender, now=clock.now(), env_vars=settings)
    page = visit(sender, **way).opens(given.get_absolute_url()).page
    values = [page.get_by_text(value, exact=True).filter(visible=True) for value in settings.values()]
    ends = page.evaluate(ENDS, [value.element_handle() for value in values])
    assert max(ends) - min(ends) < 1
    assert page.evaluate(SPILLS) == []


def _stored(owner, now):
    return store_attachment(owner=owner, upload=SimpleUploadedFile(LONG_NAME, b"Words."), now=now)
