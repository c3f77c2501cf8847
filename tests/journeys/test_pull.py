"""The reveal: cards turn from last to first, are said aloud, can be skipped, and keep nobody from the result."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core import clock
from tests.journeys.stage import JUDGED_AGO
from tests.journeys.ways import EVERY_CORNER
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


@EVERY_CORNER
def test_the_cards_turn_one_by_one_until_they_are_skipped_and_only_once(visit, pulled, way):
    sender, path = pulled
    page = visit(sender, **way).opens(path).page
    expect(work_of(page)).to_be_hidden()
    expect(page.locator("#announcer")).to_have_text("Place 3 of 3: grade A.")
    page.get_by_role("link", name="Skip the turning").click()
    expect(work_of(page)).to_be_visible()
    expect(page.locator("#winner")).to_be_focused()
    page.reload()
    expect(page.get_by_role("link", name="Skip the turning")).to_be_hidden()
    page.get_by_role("button", name="Turn them again").click()
    expect(work_of(page)).to_be_hidden()
    page.keyboard.press("Escape")
    expect(work_of(page)).to_be_visible()


@pytest.mark.parametrize("wish", [{"reduced_motion": "reduce"}, {"scripts": False}], ids=["no_motion", "no_scripts"])
def test_the_result_is_whole_without_motion_and_without_scripts(visit, pulled, wish):
    sender, path = pulled
    page = visit(sender, **wish).opens(path).page
    if "scripts" in wish:
        page.get_by_role("link", name="Skip the turning").click()
    expect(page.get_by_role("link", name="Skip the turning")).to_be_hidden(timeout=1_000)
    expect(work_of(page)).to_be_visible(timeout=1_000)
    assert page.evaluate("document.getAnimations().filter((motion) => motion.animationName).length") == 0
