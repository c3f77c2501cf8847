"""Pages that are open when moderators hide what they show go blank by themselves, and then ask for nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from playwright.sync_api import expect

from core import clock
from drops.moderation import takedowns
from tests.journeys.served import serve
from tests.play import finished_drop, make_user, open_drop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site_url(db):
    with serve(str(connection.settings_dict["NAME"])) as served:
        yield served.url


@pytest.mark.parametrize("stage", ["open", "ended"])
def test_an_open_page_of_a_hidden_drop_goes_blank_and_asks_for_nothing_more(visit, stage):
    sender, staff = make_user("sender"), make_user("mo", is_staff=True)
    drop = open_drop(sender, now=clock.now(), title="A quagga")
    if stage == "ended":
        drop = finished_drop(make_user("other"), make_user("ada"), title="A quagga")
    visitor = visit()
    with visitor.page.expect_response(lambda answer: "/live/drops/" in answer.url and answer.status == 200):
        visitor.opens(drop.get_absolute_url())
    visitor.sees("A quagga")
    with visitor.page.expect_navigation():
        takedowns.hide_drop(drop=drop, staff=staff, told="It is not.", reason="Reported.", now=clock.now())
    expect(visitor.page.get_by_text("A quagga")).to_have_count(0)
    assert visitor.page.locator("[data-live]").count() == 0
