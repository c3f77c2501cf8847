"""An agent follows a pack from the board, and has a browser show what they are told."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import PushSubscription
from tests.journeys.ways import EITHER_WAY
from tests.play import make_user
from tests.push_double import Browser

pytestmark = pytest.mark.django_db(transaction=True)

# The browser's own push service is on the internet, where no test goes: what it would say is put in its place.
SUBSCRIBE = """([endpoint, p256dh, auth]) => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const keys = { p256dh: bytes(p256dh).buffer, auth: bytes(auth).buffer };
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly || applicationServerKey.length !== 65) throw new Error("no key of a site");
    return { endpoint, getKey: (name) => keys[name] };
  };
}"""


@EITHER_WAY
def test_a_pack_is_followed_from_the_board_and_left_again(visit, way):
    agent = make_user("follower")
    visitor = visit(agent, **way)
    page = visitor.page
    page.goto("/board?pack=roast&min_price=5")
    page.get_by_role("button", name="Follow new Roast drops priced from $5.00").click()
    expect(page.get_by_text("You follow new Roast drops priced from $5.00")).to_be_visible()
    page.get_by_role("link", name="All alerts").click()
    expect(page.get_by_role("listitem").filter(has_text="New Roast drops priced from $5.00")).to_be_visible()
    page.get_by_role("button", name="Unfollow").click()
    expect(page.get_by_text("You follow nothing yet.")).to_be_visible()


def test_a_browser_is_asked_and_then_listed(visit):
    agent, browser = make_user("follower"), Browser()
    visitor = visit(agent)
    page = visitor.page
    page.context.grant_permissions(["notifications"])
    page.goto("/me/notifications/settings")
    page.evaluate(SUBSCRIBE, [browser.endpoint, *list(browser.keys.values())[1:]])
    page.get_by_role("button", name="Turn on in this browser").click()
    expect(page.get_by_text("Notifications are on in this browser.")).to_be_visible()
    row = PushSubscription.objects.get()
    assert (row.user, row.endpoint, row.p256dh) == (agent, browser.endpoint, browser.keys["p256dh"])
    expect(page.get_by_role("listitem").filter(has_text=f"{row.label} On since")).to_be_visible()


def test_a_browser_that_blocks_notifications_says_so(visit):
    page = visit(make_user("follower")).page
    page.add_init_script("Notification.requestPermission = async () => 'denied'")
    page.goto("/me/notifications/settings")
    page.get_by_role("button", name="Turn on in this browser").click()
    expect(page.get_by_text("Your browser blocks notifications from this site.")).to_be_visible()
    assert not PushSubscription.objects.exists()
