"""An appeal from the words of whoever lost to the money in their wallet, through the moderators' site, in a browser."""

from __future__ import annotations

import pytest

from tests.journeys.ways import DESK_DARK, PHONE_LIGHT
from tests.play import finished_drop, make_user
from wallet.books import invariants, ledger

pytestmark = pytest.mark.django_db(transaction=True)
WHY, ANSWER = "The winner never names a ferry.", "You are right: it names none."
VERDICT = "The prompt asks for the name of a ferry, and only one entry has one."


@pytest.fixture
def cast(settings):
    settings.STAFF_SECOND_FACTOR = False
    return make_user("sender"), make_user("ada"), make_user("basil"), make_user("mo", is_staff=True)


def appeals(visitor, drop):
    visitor.opens(drop.get_absolute_url()).page.get_by_text("Appeal this verdict").click()
    visitor.page.get_by_label("What is wrong with this verdict?").fill(WHY)
    return visitor.presses("Send the appeal").sees("Your appeal is in.").sees(WHY)


def seat_of(drop, user):
    return drop.submissions.get(user=user).claim.seat


def reads_the_entries(moderator):
    moderator.opens("/admin/").presses("Open appeals")
    with moderator.page.expect_navigation():
        moderator.page.locator("#result_list tbody th a").first.click()
    moderator.sees(WHY).presses("Read the entries")
    moderator.page.get_by_label("Why").fill("An appeal.")
    moderator.presses("Read the entries").sees("Words of ada").sees("Words of basil")
    return moderator.presses("What is said against the verdict")


def upholds(moderator, drop, *, winner, loser):
    page = moderator.presses("Uphold: change the verdict").sees("$5.00 is held for Seat").page
    page.get_by_label("Who wins").select_option(str(seat_of(drop, winner)))
    page.get_by_label(f"Grade of Seat {seat_of(drop, loser)}").select_option("F")
    page.get_by_label("Why the verdict changes").fill(VERDICT)
    page.get_by_label("They are told").fill(ANSWER)
    page.get_by_label("Note for moderators").fill("Read twice.")
    return moderator.presses("Uphold: change the verdict").sees("done")


def test_an_upheld_appeal_moves_the_money_from_one_wallet_to_the_other(visit, cast):
    sender, ada, basil, mo = cast
    drop = finished_drop(sender, ada, basil)
    winner, loser = visit(ada, **PHONE_LIGHT), visit(basil, **DESK_DARK)
    winner.opens("/wallet").sees("Prize won").opens(drop.get_absolute_url()).sees("You won $5.00.")
    appeals(loser, drop)
    winner.opens("/me/notifications").sees("Your prize stays held until our moderators have answered")
    upholds(reads_the_entries(visit(mo)), drop, winner=basil, loser=ada)
    loser.opens(drop.get_absolute_url()).sees("You won $5.00.").sees(ANSWER).sees(VERDICT)
    loser.opens("/wallet").sees("Prize won").sees("+$5.00")
    winner.opens("/wallet").sees("Prize returned").sees("-$5.00")
    winner.opens(drop.get_absolute_url()).sees("Our moderators changed this verdict on appeal").sees(VERDICT)
    assert ANSWER not in winner.page.content()
    assert (ledger.balance_cents(ada), ledger.balance_cents(basil)) == (0, 500)
    assert invariants.broken() == []
