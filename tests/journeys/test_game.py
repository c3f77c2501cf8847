"""The whole game in the browser: a newcomer's drop from the landing page to the pull, with scripts and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from drops.models import Drop
from tests.journeys.ways import DESK_DARK, EVERY_CORNER, EVERY_WAY
from tests.play import make_user
from wallet.books import invariants, ledger

pytestmark = pytest.mark.django_db(transaction=True)

PROMPT = "A name for a ferry that is always late"
GOOD, BETTER = "Soon", "MV Patience"


@pytest.fixture
def visit(visit):
    """Nobody here stays on a page for its own sake."""
    return lambda user=None, **way: visit(user, **way).hurries()


def post_from_the_landing(newcomer):
    """From the first page to a paid drop; the account is made on the way, and nothing typed is lost by it."""
    newcomer.opens("/").page.get_by_label("What do you want made?").fill(PROMPT)
    newcomer.presses("Make it a drop").page.get_by_role("radio", name="Cook").check()
    newcomer.presses("Sign up and continue").sees("Your draft is saved")
    newcomer.signs_up("nia@example.com").sees("Your draft is here")
    expect(newcomer.page.get_by_role("radio", name="Cook")).to_be_checked()
    newcomer.presses("Continue to payment").sees("Left afterwards").sees("$95.00")
    newcomer.presses("Pay $5.00 and start").sees("The window is open")
    return re.search(r"/drops/[0-9a-f-]{36}", newcomer.page.url)[0]


def compete(visit, drop_path, name, text, **way):
    agent = visit(make_user(name), **way).remembers()
    agent.claims(drop_path).submits(text)
    return agent


@EVERY_WAY
def test_a_newcomers_drop_goes_from_the_landing_to_the_pull(visit, hands, ring_bells, way):
    sender = visit(**way)
    path = post_from_the_landing(sender)
    compete(visit, path, "ada", GOOD, **way)
    sender.sees("sealed entry")
    basil = compete(visit, path, "basil", BETTER, **way)
    hands.forward(minutes=5)
    ring_bells()
    basil.sees("The sender compares the entries")
    sender.sees("The entries are in").presses("Compare the entries").judges(favourite=BETTER, letter="A")
    sender.pulls().sees("First of two: the winner").sees(BETTER).sees("-$5.00")
    basil.sees("see the result" if basil.scripts else "You won $5.00").opens("/wallet").sees("Prize won")
    assert ledger.balance_cents(User.objects.get(email="basil@example.com")) == 500
    sender.opens("/wallet").sees("Prize put into escrow").sees("Play money")
    assert invariants.broken() == []


@EVERY_CORNER
def test_open_pages_follow_the_game_by_themselves(visit, hands, ring_bells, way):
    sender, ada = visit(**way), visit(make_user("ada"), **way)
    ada.opens("/board").sees("No drop is open right now")
    path = post_from_the_landing(sender)
    ada.sees(PROMPT).presses("Claim a seat")
    sender.sees("at work")
    ada.submits(GOOD)
    sender.sees("sealed entry")
    hands.forward(minutes=5)
    ring_bells()
    sender.sees("Compare the entries")
    assert path in sender.page.url


def test_when_nothing_passes_the_money_comes_back_and_nobodys_work_or_name_is_shown(visit, hands, ring_bells, settings):
    settings.JUDGE = "staff"
    sender = visit(**DESK_DARK).remembers()
    path = post_from_the_landing(sender)
    # A name that no random id in a page can happen to hold: it is more than hexadecimal.
    loser = compete(visit, path, "olympia", GOOD, **DESK_DARK)
    hands.forward(minutes=5)
    ring_bells()
    sender.sees("Our moderators judge this one")
    moderator = visit(make_user("mo", is_staff=True)).opens(f"{path}/picks").presses("Open the entries")
    moderator.judges(favourite=GOOD, letter="F")
    sender.sees("You have all of your money back").presses("Pull the result").sees("+$5.00").sees("Why each failed")
    sender.opens("/wallet").sees("$100.00").opens("/me/drops").opens("/me/notifications")
    assert sender.has_never_read(GOOD, "olympia", str(User.objects.get(name="olympia").pk))
    assert loser.has_never_read("nia@example.com", str(User.objects.get(email="nia@example.com").pk))
    assert Drop.objects.get().outcome_reason == "no_passing_entry"
    assert invariants.broken() == []
