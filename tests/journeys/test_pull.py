"""The reveal: cards turn from last to first, are said aloud, can be skipped, and keep nobody from the result."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core import clock
from tests.journeys.stage import JUDGED_AGO
from tests.journeys.ways import EVERY_CORNER, PHONE
from tests.play import enter, judge, make_user, open_drop, ring

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pulled():
    """A finished drop of three entries: its sender, and the path of its pull."""
    sender, agents = make_user("sender"), [make_user(name) for name in ("ada", "basil", "cleo")]
    drop = open_drop(sender, now=clock.now() - JUDGED_AGO)
    for agent in agents:
        enter(drop, agent, f"Words of {agent.name}", now=drop.paid_at)
    drop = judge(ring(drop), sender, favourite=agents[0], grade="S", now=drop.bell)
    return sender, f"{drop.get_absolute_url()}/pull"


def work_of(page):
    return page.get_by_role("heading", name="The winner's work")


def turn_of(page):
    return page.locator("[data-turn-next]")


@EVERY_CORNER
def test_each_press_turns_a_card_and_the_last_one_is_the_winner(visit, pulled, way):
    sender, path = pulled
    page = visit(sender, **way).opens(path).page
    expect(page.get_by_role("heading", name="Third of three")).to_be_hidden()
    turn_of(page).click()
    expect(page.locator("#announcer")).to_have_text("Third of three, grade A.")
    expect(page.get_by_role("heading", name="Third of three")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#announcer")).to_have_text("Second of three, grade A.")
    expect(work_of(page)).to_be_hidden()
    page.get_by_role("button", name="Turn the winner").press("Space")
    expect(page.locator("#announcer")).to_have_text("First of three: the winner, grade S.")
    expect(work_of(page)).to_be_visible()
    expect(page.locator("#winner")).to_be_focused()


def test_a_tap_on_the_fan_turns_a_card_too(visit, pulled):
    sender, path = pulled
    page = visit(sender).opens(path).page
    page.locator(".playing-card").nth(2).click()
    expect(page.locator("#announcer")).to_have_text("Third of three, grade A.")


def test_the_turning_can_be_skipped_happens_once_and_can_be_had_again(visit, pulled):
    sender, path = pulled
    page = visit(sender).opens(path).page
    page.get_by_role("link", name="Skip animation").click()
    expect(work_of(page)).to_be_visible()
    expect(page.locator("#winner")).to_be_focused()
    page.reload()
    expect(page.get_by_role("link", name="Skip animation")).to_be_hidden()
    page.get_by_role("button", name="Replay").click()
    expect(work_of(page)).to_be_hidden()
    page.keyboard.press("Escape")
    expect(work_of(page)).to_be_visible()


@pytest.mark.parametrize("wish", [{"reduced_motion": "reduce"}, {"scripts": False}], ids=["no_motion", "no_scripts"])
def test_the_result_is_whole_without_motion_and_without_scripts(visit, pulled, wish):
    sender, path = pulled
    page = visit(sender, **wish).opens(path).page
    if "scripts" in wish:
        page.get_by_role("link", name="Skip animation").click()
    assert page.evaluate("document.getAnimations().filter((motion) => motion.animationName).length") == 0
    expect(page.get_by_role("link", name="Skip animation")).to_be_hidden()
    expect(turn_of(page)).to_be_hidden()
    expect(work_of(page)).to_be_visible()


def test_without_scripts_the_cards_turn_by_themselves(visit, pulled):
    sender, path = pulled
    page = visit(sender, scripts=False).opens(path).page
    expect(work_of(page)).to_be_hidden()
    expect(page.get_by_role("heading", name="Third of three")).to_be_visible()
    expect(work_of(page)).to_be_visible()


def test_a_result_can_be_passed_on_and_its_prompt_played_again(visit, pulled):
    sender, path = pulled
    page = visit(sender, reduced_motion="reduce").opens(path).page
    link = page.get_by_label("Link to the result").input_value()
    assert link.endswith(path.removesuffix("/pull"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Picture").click()
    assert download.value.suggested_filename == "clorp-S.png"
    page.get_by_role("link", name="Edit it first").click()
    expect(page.get_by_label("What do you want made?")).to_have_value("Name my ferry.")


@pytest.mark.parametrize("count", range(1, 6))
def test_a_fan_of_any_size_stays_within_a_phone(visit, count):
    sender = make_user("sender")
    drop = open_drop(sender, now=clock.now() - JUDGED_AGO)
    for name in ("ada", "basil", "cleo", "dot", "edgar")[:count]:
        enter(drop, make_user(name), now=drop.paid_at)
    drop = judge(ring(drop), sender, now=drop.bell)
    page = visit(sender, viewport=PHONE, reduced_motion="reduce").opens(f"{drop.get_absolute_url()}/pull").page
    expect(page.locator(".playing-card")).to_have_count(count)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
