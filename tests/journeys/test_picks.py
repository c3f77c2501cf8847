"""Judging by hand: one screen on a desk, one entry at a time on a phone, by keyboard alone, and without scripts."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from playwright.sync_api import expect

from core import clock
from drops.contest import attachments
from drops.judging import rounds
from drops.models import Drop, Feedback, JudgeAnswer
from tests.journeys.axe import AXE, faults_by_axe
from tests.journeys.stage import JUDGED_AGO, MARKDOWN
from tests.journeys.ways import DESK_LIGHT, EITHER_WAY, EVERY_CORNER, PHONE_LIGHT
from tests.play import claim, make_user, open_drop, ring, submit

pytestmark = pytest.mark.django_db(transaction=True)

BOX = "(one) => one.getBoundingClientRect().toJSON()"
IS_WHOLE = "(one) => { const b = one.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight + 1; }"
IS_TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
CODE = "def ferry():\n    return 'late'\n"


def picture():
    content = BytesIO()
    Image.new("RGB", (640, 400), "teal").save(content, "PNG")
    return content.getvalue()


@pytest.fixture
def ranked(settings, tmp_path):
    """A drop of three entries, of which one has a picture and a text file, that waits for its sender."""
    settings.MEDIA_ROOT = tmp_path
    sender, at = make_user("sender"), clock.now() - JUDGED_AGO
    drop = open_drop(sender, now=at, pack="scout", prompt=MARKDOWN)
    for name in ("ada", "basil", "cleo"):
        agent = make_user(name)
        uploads = {"map.png": picture(), "ferry.py": CODE.encode()} if name == "ada" else {}
        files = [
            attachments.store_attachment(owner=agent, upload=SimpleUploadedFile(*upload), now=at)
            for upload in uploads.items()
        ]
        claim(drop, agent, now=at)
        submit(drop, agent, f"Words of number {len(name)}\n\n{MARKDOWN}", attachments=files, now=at)
    return ring(drop)


def path_of(drop):
    return f"{drop.get_absolute_url()}/picks"


def strike(page, key):
    with page.expect_navigation():
        page.keyboard.press(key)


def test_on_a_desk_it_is_one_screen(visit, ranked):
    page = visit(ranked.sender, **DESK_LIGHT).opens(path_of(ranked)).page
    sides = [".side-left .scroller", ".side-right .scroller"]
    for part in ("aside .prompt-card", "aside .rubric", *sides, ".verdict-bar"):
        assert page.locator(part).evaluate(IS_WHOLE), part
    texts = [page.locator(side).evaluate(BOX) for side in sides]
    facts = page.locator("aside.brief").evaluate(BOX)
    assert all(text["width"] > facts["width"] and text["height"] > 250 for text in texts)
    assert not page.evaluate(IS_TOO_WIDE)


def test_on_a_phone_one_entry_is_shown_at_a_time_below_the_question(visit, ranked):
    page = visit(ranked.sender, **PHONE_LIGHT).opens(path_of(ranked)).page
    expect(page.locator("article.side-right")).to_be_hidden()
    page.locator(".panes label").filter(has_text="Right").click()
    expect(page.locator("article.side-left")).to_be_hidden()
    page.locator("article.side-right .feedback summary").click()
    page.locator("article.side-right .feedback input[type=text]").scroll_into_view_if_needed()
    assert page.get_by_role("heading", name="Which one is better?").evaluate(IS_WHOLE)
    assert page.locator(".verdict-bar .actions").evaluate(IS_WHOLE)
    assert not page.evaluate(IS_TOO_WIDE)


def test_by_keyboard_alone_with_second_thoughts_to_the_end(visit, ranked):
    page = visit(ranked.sender, **DESK_LIGHT).opens(path_of(ranked)).page
    expect(page.locator("#progress")).to_have_text("Question 1 of about 4")
    strike(page, "ArrowRight")
    expect(page.locator("#progress")).to_have_text("Question 2 of about 4")
    strike(page, "u")
    expect(page.locator("#progress")).to_have_text("Question 1 of about 4")
    for key in ("ArrowLeft", "=", "ArrowRight", "a"):
        strike(page, key)
    page.get_by_role("button", name="Grade it A").focus()
    strike(page, "Enter")
    expect(page.get_by_role("heading", name="Your pull")).to_be_visible()
    picks = JudgeAnswer.objects.standing().order_by("id").values_list("answer__pick", "answer__grade")
    assert [*picks] == [("left", None), ("equal", None), ("right", None), (None, "A")]


def test_keys_are_let_alone_while_somebody_writes_and_when_they_are_off(visit, ranked):
    page = visit(ranked.sender, **DESK_LIGHT).opens(path_of(ranked)).page
    page.locator(".side-left .feedback summary").click()
    line = page.locator(".side-left .feedback input[type=text]")
    line.press_sequentially("= u")
    line.press("ArrowLeft")
    expect(line).to_have_value("= u")
    page.get_by_label("Keys").uncheck()
    page.locator("h1").click()
    page.keyboard.press("ArrowLeft")
    page.reload()
    expect(page.get_by_label("Keys")).not_to_be_checked()
    page.keyboard.press("=")
    assert not JudgeAnswer.objects.exists()


def test_enter_in_the_line_of_feedback_keeps_it_and_answers_nothing(visit, ranked):
    page = visit(ranked.sender, **DESK_LIGHT).opens(path_of(ranked)).page
    page.locator(".side-right .feedback summary").click()
    page.locator(".side-right .feedback input[type=text]").fill("Neat.")
    strike(page, "Enter")
    expect(page.locator(".side-right .feedback input[type=text]")).to_have_value("Neat.")
    assert Feedback.objects.get().note == "Neat." and not JudgeAnswer.objects.exists()


def test_a_third_chip_can_not_be_chosen(visit, ranked):
    page = visit(ranked.sender, **DESK_LIGHT).opens(path_of(ranked)).page
    page.locator(".side-left .feedback summary").click()
    box = page.locator(".side-left .feedback")
    for name in ("Clear", "Lacks sources"):
        box.get_by_label(name, exact=True).check()
    expect(box.get_by_label("Thorough")).to_be_disabled()
    box.get_by_label("Clear", exact=True).uncheck()
    expect(box.get_by_label("Thorough")).to_be_enabled()


def test_pictures_and_texts_of_files_are_seen_where_the_entry_is(visit, ranked):
    page = visit(ranked.sender, **DESK_LIGHT).opens(path_of(ranked)).page
    if not page.locator(".shown-file").count():
        strike(page, "=")
    image = page.locator(".shown-file img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("naturalWidth", 640)
    expect(page.locator(".shown-file pre")).to_contain_text("return 'late'")


@EITHER_WAY
def test_feedback_undo_and_the_last_look_from_the_first_question_to_the_agents_page(visit, ranked, way):
    sender = visit(ranked.sender, **way).opens(path_of(ranked))
    page = sender.page
    sender.presses("Left is better").presses("Undo").sees("Taken back.").sees("Question 1 of about 4")
    for _ in range(3):
        sender.presses("Left is better")
    sender.presses("Grade B").sees("Grade B. Pays $5.00 to Seat").sees("gets nothing")
    box = page.locator("details.feedback").first
    box.locator("summary").click()
    box.locator("label").filter(has_text="Lacks sources").click()
    box.get_by_label("One line to its agent").fill("Name where you found it.")
    sender.presses("Grade it B")
    ranked.refresh_from_db()
    told = Feedback.objects.get().submission.user
    visit(told, **way).opens(ranked.get_absolute_url()).sees("Name where you found it.").sees("Lacks sources")


@EVERY_CORNER
def test_axe_finds_nothing_on_any_page_of_judging_or_its_result(visit, ranked, way):
    staff = make_user("mo", is_staff=True)
    drop = rounds.hand_to_staff(drop=ranked, reason="a test", now=clock.now())
    judge = visit(staff, **way, bypass_csp=True).opens(path_of(drop))
    page, faults = judge.page, []

    def look():
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.add_script_tag(content=AXE)
        faults.extend(faults_by_axe(page))

    look()
    judge.presses("Open the entries")
    look()
    for _ in range(3):
        judge.presses("Right is better")
    look()
    judge.presses("Grade C")
    look()
    page.get_by_label("One line to its agent").first.fill("Neat.")
    page.get_by_label("Why, for the sender and the agents").fill("By the rubric.")
    judge.presses("Grade it C")
    agent = Feedback.objects.get().submission.user
    page = visit(agent, **way, bypass_csp=True).opens(Drop.objects.get().get_absolute_url()).page
    look()
    assert faults == []
