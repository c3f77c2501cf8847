"""Posting in a browser: few presses, files and words that outlast every error, sums as people type them, terms that
change until payment, and what a sender does for whoever won."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import User
from core import clock
from drops.contest import finishing
from drops.models import Claim, Drop
from tests.journeys.ways import DESK_DARK, EITHER_WAY, EVERY_WAY, PHONE, PHONE_LIGHT
from tests.play import enter, fund, judge, make_user, open_drop, post_drop, ring
from wallet.money import NotMoney, format_cents, parse_cents

pytestmark = pytest.mark.django_db(transaction=True)

PLAN = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Red, with a hole."}
PRESSES_MAX = 6
JUDGED_AGO = timedelta(hours=2)
SUMS = [
    "12.5",
    "0.5",
    "$12",
    "12,50",
    "1,234.50",
    "1.234,50",
    "\uff11\uff12",
    " 12 ",
    "$ 12",
    "-1",
    "1e3",
    "NaN",
    "1 2",
    "5.",
]


@pytest.fixture
def sender(db):
    return fund(make_user("sender"), now=clock.now())


def writes(visitor, **fields):
    """Fill in the form by its labels."""
    for label, text in {"What do you want made?": "Name my ferry.", **fields}.items():
        visitor.page.get_by_label(label).fill(text)
    return visitor


@EITHER_WAY
def test_a_strangers_idea_is_an_open_drop_within_six_presses(visit, way):
    visitor = visit(**way).opens("/")
    visitor.page.get_by_label("What do you want made?").fill("A name for my ferry")
    presses = ["Make it a drop", "Sign up and continue", "Sign Up", "Continue to payment", "Pay $5.00 and start"]
    for number, name in enumerate(presses):
        if name == "Sign Up":
            visitor.signs_up("nia@example.com")
        else:
            visitor.presses(name)
        assert number < PRESSES_MAX
    visitor.sees("The window is open")
    assert Drop.objects.get().heading == "A name for my ferry"


def test_a_stranger_is_told_of_files_before_choosing_any_and_finds_the_draft_again(visit):
    visitor = writes(visit(**PHONE_LIGHT).opens("/drops/new"), Title="A ferry")
    expect(visitor.page.locator("input[type=file]")).to_have_count(0)
    visitor.sees("You need an account to add files").presses("Sign up to add files").sees("Your draft is saved")
    visitor.signs_up("nia@example.com").sees("Your draft is here")
    expect(visitor.page.get_by_label("Title")).to_have_value("A ferry")
    expect(visitor.page.locator("input[type=file]")).to_be_visible()


@EVERY_WAY
def test_files_and_words_outlast_an_error_and_the_first_fault_has_the_focus(visit, sender, way):
    visitor = writes(visit(sender, **way).opens("/drops/new"), **{"Prize in dollars": "0.5"})
    page = visitor.page
    page.locator("input[type=file]").set_input_files([PLAN])
    if visitor.scripts:
        expect(page.get_by_text(", added")).to_be_visible()
        expect(page.get_by_text("Set a prize between $1.00 and $200.00.").last).to_be_visible()
    visitor.presses("Continue to payment").sees("Fix the fields below")
    expect(page.get_by_label("Prize in dollars")).to_be_focused()
    expect(page.get_by_label("Keep plan.txt")).to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Prize in dollars").fill("12,50")
    visitor.presses("Continue to payment").sees("Left afterwards")
    drop = Drop.objects.get()
    assert (drop.price_cents, [file.name for file in drop.attachments.all()]) == (1_250, ["plan.txt"])


def test_files_outlast_a_session_that_ended(visit, sender):
    visitor = writes(visit(sender, **DESK_DARK).opens("/drops/new"))
    visitor.page.locator("input[type=file]").set_input_files([PLAN])
    expect(visitor.page.get_by_text(", added")).to_be_visible()
    token = [one for one in visitor.page.context.cookies() if one["name"] == "csrftoken"]
    visitor.page.context.clear_cookies()
    visitor.page.context.add_cookies(token)
    visitor.presses("Continue to payment").sees("Your draft is saved")
    visitor.page.get_by_label("Email").fill(sender.email)
    visitor.page.get_by_label("Password").fill("a good password")
    visitor.presses("Sign In", within=visitor.page.locator("main")).sees("Your draft is here")
    expect(visitor.page.get_by_label("Keep plan.txt")).to_be_checked()
    visitor.presses("Continue to payment").sees("Left afterwards")
    assert Drop.objects.get().attachments.get().name == "plan.txt"


def test_sums_are_read_alike_by_page_and_server(visit, sender):
    page = visit(sender).opens("/drops/new").page
    sender.is_verified_sender = True
    sender.save(update_fields=["is_verified_sender"])
    page.reload()
    field, net = page.get_by_label("Prize in dollars"), page.locator("[data-net]")
    for typed in SUMS:
        field.fill(typed)
        try:
            cents = parse_cents(typed)
        except NotMoney:
            expect(page.locator("[data-no-sum]")).to_be_visible()
            expect(field).to_have_attribute("aria-invalid", "true")
            continue
        if cents < 100:
            expect(page.locator("[data-no-price]")).to_be_visible()
        else:
            expect(net).to_have_text(format_cents(cents))


def test_limits_are_told_as_one_types(visit, sender):
    page = visit(sender).opens("/drops/new").page
    page.get_by_label("Own length", exact=True).fill("30")
    page.get_by_label("Unit of your own length").select_option("seconds")
    expect(page.get_by_text("A window is from 1 minute to 7 days.")).to_be_visible()
    page.get_by_label("What do you want made?").press("x")
    page.get_by_label("What do you want made?").fill("x" * 19_000)
    expect(page.locator("[data-count-of]")).to_have_text("19,000 / 20,000")
    # Each of these is two to the browser, or three.
    for text in ("🦊" * 19_001, unicodedata.normalize("NFD", "각" * 19_001)):
        page.get_by_label("What do you want made?").fill(text)
        expect(page.locator("[data-count-of]")).to_have_text("19,001 / 20,000")
    page.locator("input[type=file]").set_input_files([{**PLAN, "name": f"{number}.txt"} for number in range(11)])
    expect(page.get_by_text("At most 10 files fit.")).to_be_visible()
    expect(page.get_by_text(", added")).to_have_count(10)


@EITHER_WAY
def test_terms_change_until_payment_and_a_stale_page_pays_nothing(visit, sender, way):
    drop = post_drop(sender, now=clock.now(), title="A ferry")
    stale = visit(sender, **way).opens(drop.get_absolute_url())
    other = visit(sender, **way).opens(drop.get_absolute_url())
    other.presses("Edit", within=other.page.locator("main"))
    expect(other.page.get_by_label("Title")).to_have_value("A ferry")
    other.page.get_by_label("Prize in dollars").fill("40")
    other.page.locator("summary").filter(has_text="More details").click()
    other.page.get_by_label("Settings for the agents").fill("DOCK=7")
    other.presses("Save changes").sees("Saved. Nothing is paid yet.").sees("$40.00").sees("DOCK")
    stale.presses("Pay $5.00 and start").sees("changed after you looked at them").presses("Back to the drop")
    assert Drop.objects.get().is_pending
    stale.presses("Pay $40.00 and start").sees("The window is open")
    other.opens(f"{drop.get_absolute_url()}/edit").sees("its terms stand")


@EITHER_WAY
def test_a_winner_is_thanked_and_invited_to_a_rematch_on_other_terms(visit, sender, way):
    ada = make_user("ada")
    drop = open_drop(sender, now=clock.now() - JUDGED_AGO)
    enter(drop, ada, now=drop.paid_at)
    finishing.pull_drop(drop=judge(ring(drop), sender, now=drop.bell), sender=sender, now=clock.now())
    visitor = visit(sender, **{**way, "reduced_motion": "reduce"}).opens(f"{drop.get_absolute_url()}/pull")
    visitor.presses("I'm using it already.").sees("You told the winner").presses("Invite the winner")
    visitor.sees("The winner is invited").presses("Edit it first")
    visitor.page.get_by_label("What do you want made?").fill("Name my raft.")
    visitor.presses("Continue to payment").presses("Pay $5.00 and start").sees("The window is open")
    rematch = Drop.objects.get(origin=drop)
    winner = visit(ada, **way).opens(drop.get_absolute_url()).sees("I'm using it already.").opens("/me/notifications")
    winner.sees("invites you to the rematch").opens(rematch.get_absolute_url()).sees("Reroll of an earlier drop")
    assert not Claim.objects.filter(drop=rematch).exists()


@EITHER_WAY
def test_an_invite_link_brings_a_newcomer_to_a_seat(visit, sender, way):
    drop = open_drop(sender, now=clock.now())
    link = (
        visit(sender, **way).opens(drop.get_absolute_url()).page.get_by_label("Link to invite an agent").input_value()
    )
    newcomer = visit(**way).opens(link).sees("You're invited to compete.")
    assert newcomer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    newcomer.presses("Sign up to take a seat").signs_up("nia@example.com").presses("Claim a seat").sees("is yours")
    assert Claim.objects.get().user == User.objects.get(email="nia@example.com")
    assert sender.email not in link and str(sender.pk) not in link


def test_the_form_stays_within_a_phone_with_all_of_it_unfolded(visit, sender):
    page = visit(sender, viewport=PHONE).opens("/drops/new").page
    page.locator("summary").filter(has_text="More details").click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
