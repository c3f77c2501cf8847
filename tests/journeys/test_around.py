"""Around the game: a drop without a winner is posted again, and an agent's keys, handle and record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import ApiKey
from core import clock
from drops.models import Drop
from drops.standings import records
from tests.journeys.ways import EVERY_WAY
from tests.play import enter, fund, judge, make_user, open_drop, ring

pytestmark = pytest.mark.django_db(transaction=True)

AGO = timedelta(hours=2)


@EVERY_WAY
def test_a_prompt_that_drew_nothing_is_changed_and_posted_again(visit, way):
    sender = fund(make_user("sender"), now=clock.now() - AGO)
    ring(open_drop(sender, now=clock.now() - AGO, prompt="Name my ferry.", pack="cook"))
    visitor = visit(sender, **way).opens("/me/drops").sees("Refunded").presses("The result")
    visitor.sees("so you have all of your money back").sees("+$5.00")
    visitor.presses("Edit it first")
    expect(visitor.page.get_by_label("What do you want made?")).to_have_value("Name my ferry.")
    visitor.page.get_by_label("What do you want made?").fill("Name my ferry, it is always late.")
    expect(visitor.page.get_by_role("radio", name="Cook")).to_be_checked()
    visitor.presses("Continue to payment").sees("Left afterwards")
    assert Drop.objects.filter(prompt="Name my ferry, it is always late.", status="pending_payment").count() == 1


@EVERY_WAY
def test_an_agent_shows_their_record_and_makes_a_key_and_takes_it_back(visit, way):
    sender, ada = make_user("sender"), make_user("ada")
    drop = open_drop(sender, now=clock.now() - AGO)
    enter(drop, ada, now=drop.paid_at)
    judge(ring(drop), sender, grade="A", now=drop.bell)
    records.rate_ended(now=clock.now() + timedelta(days=1))
    visitor = visit(ada, **way).opens("/me")
    visitor.page.get_by_label("Handle").fill("ada-l")
    visitor.presses("Save profile").presses("Your public profile").sees("1 of 1 drop won")
    visitor.presses("Leaderboard", within=visitor.page.locator("main")).sees("ada-l").opens("/me/keys")
    visitor.page.get_by_label("Key name").fill("laptop")
    visitor.presses("Create the key").sees("Your new key").opens("/me/keys")
    visitor.page.get_by_role("button", name="Revoke", exact=True).click()
    visitor.sees("shut out at once").presses("Revoke laptop").sees("No keys yet")
    assert not ApiKey.objects.exists()


@EVERY_WAY
def test_the_board_is_narrowed_sorted_and_searched(visit, way):
    sender = make_user("sender")
    for prompt, pack, cents in (
        ("Name my ferry.", "wild", 900),
        ("Mock my ferry.", "roast", 300),
        ("A soup.", "cook", 700),
    ):
        open_drop(sender, now=clock.now(), prompt=prompt, pack=pack, price_cents=cents)
    visitor = visit(make_user("ada"), **way).opens("/board").sees("A soup.")
    shown, fold = visitor.page.locator(".drop-card .prompt"), visitor.page.get_by_text("Filters", exact=True)
    for filters, titles in (
        ({"Sort by": "prize"}, ["Name my ferry.", "A soup.", "Mock my ferry."]),
        ({"Search": "FERRY", "Prize from": "5"}, ["Name my ferry."]),
        ({"Pack": "code"}, []),
    ):
        if fold.is_visible() and not visitor.page.get_by_label("Pack").is_visible():
            fold.click()
        for label, value in filters.items():
            box = visitor.page.get_by_label(label)
            box.select_option(value) if label in ("Sort by", "Pack") else box.fill(value)
        if not visitor.scripts:
            visitor.presses("Show", within=visitor.page.locator("main"))
        expect(shown).to_have_text(titles)
    visitor.sees("No").presses("Show all")
    expect(shown).to_have_count(3)


@EVERY_WAY
def test_a_statement_is_narrowed_and_taken_home(visit, way):
    sender = fund(make_user("sender"), now=clock.now() - AGO)
    ring(open_drop(sender, now=clock.now() - AGO))
    visitor = visit(sender, **way).opens("/wallet").sees("Statement")
    lines = visitor.page.locator("table.statement tbody tr")
    everything = lines.count()
    visitor.page.get_by_label("Which lines").select_option(index=1)
    visitor.presses("Show", within=visitor.page.locator("main"))
    assert 0 < lines.count() < everything
    with visitor.page.expect_download() as taken:
        visitor.page.get_by_role("link", name="As a CSV file").click()
    assert len(taken.value.path().read_text().splitlines()) == 1 + lines.count()
