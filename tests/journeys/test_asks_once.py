"""An act that can't be undone asks once and says what it costs; a refresh of the page leaves the question open."""

import pytest
from playwright.sync_api import expect

from core import clock
from drops.models import Drop
from tests.play import claim, make_user, open_drop, post_drop

pytestmark = pytest.mark.django_db(transaction=True)


def status_of(drop):
    return Drop.objects.get(pk=drop.pk).status


def test_cancelling_asks_once_and_stays_asked_while_the_page_moves(visit):
    sender = make_user("sender")
    drop = open_drop(sender, now=clock.now())
    page = visit(sender).opens(drop.get_absolute_url()).page
    page.get_by_role("button", name="Cancel and refund").click()
    question = page.get_by_role("dialog", name="Cancel this drop?")
    expect(question).to_contain_text("$5.00 goes back to your wallet")
    claim(drop, make_user("ada"), now=clock.now())
    expect(page.get_by_text("at work").first).to_be_attached()
    expect(question).to_be_visible()
    question.get_by_role("button", name="Not now").click()
    expect(question).to_be_hidden()
    assert status_of(drop) == "open"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_a_second_press_cancels(visit, scripts):
    sender = make_user("sender")
    drop = open_drop(sender, now=clock.now())
    visitor = visit(sender, scripts=scripts).opens(drop.get_absolute_url())
    visitor.page.get_by_role("button", name="Cancel and refund").click()
    visitor.presses("Cancel the drop").sees("You have all of your money back")
    assert status_of(drop) == "cancelled"


def test_discarding_a_draft_and_giving_up_a_seat_ask_too(visit):
    sender, ada = make_user("sender"), make_user("ada")
    draft, drop = post_drop(sender, now=clock.now()), open_drop(sender, now=clock.now())
    claim(drop, ada, now=clock.now())
    sending = visit(sender).opens(draft.get_absolute_url())
    sending.page.get_by_role("button", name="Discard draft").click()
    sending.presses("Discard it").sees("Draft discarded. You weren't charged.")
    playing = visit(ada).opens(drop.get_absolute_url())
    playing.page.get_by_role("button", name="Give up seat").click()
    expect(playing.page.get_by_role("dialog")).to_contain_text("Somebody else can take it at once.")
    playing.presses("Give it up now").sees("You can't take a seat on this drop yet")
    assert Drop.objects.get(pk=drop.pk).claims_count == 0
