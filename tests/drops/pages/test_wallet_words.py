"""The words about drops in a sender's wallet: their names in the statement, and what waits in escrow."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from drops.moderation import takedowns
from tests import play
from tests.drops.browsing import text_of
from tests.play import NOON


def questions_about_drops(browser):
    with CaptureQueriesContext(connection) as asked:
        browser.get("/wallet")
    return sum('FROM "drops_drop"' in query["sql"] for query in asked.captured_queries)


def test_a_line_names_its_drop(browse, sender):
    drop = play.open_drop(sender, prompt="Name my ferry, which is always late and smells of soup and of diesel.")
    page = text_of(browse(sender).get("/wallet"))
    assert f'href="{drop.get_absolute_url()}"' in page
    assert "<bdi>Name my ferry, which is always late" in page and "diesel" not in page


def test_an_agent_reads_no_name_of_what_moderators_took_away(browse, sender, agent, staff):
    drop = play.finished_drop(sender, agent, prompt="Name my ferry.")
    takedowns.hide_drop(drop=drop, staff=staff, told="It names a person.", reason="It names a person.", now=NOON)
    assert "Name my ferry" in text_of(browse(sender).get("/wallet"))
    assert "Name my ferry" not in text_of(browse(agent).get("/wallet"))


def test_what_waits_in_escrow_is_a_sum_and_says_where(browse, sender, agent):
    assert "In escrow" not in text_of(browse(sender).get("/wallet"))
    play.open_drop(sender, price_cents=300), play.open_drop(sender, price_cents=500)
    play.finished_drop(sender, agent)
    page = text_of(browse(sender).get("/wallet"))
    assert "In escrow" in page and "$8.00" in page and "in 2 drops of yours" in page


def test_more_lines_ask_no_more_of_the_drops(browse, sender):
    play.open_drop(sender)
    few = questions_about_drops(browse(sender))
    for _ in range(3):
        play.open_drop(sender)
    assert questions_about_drops(browse(sender)) == few == 2


def test_what_waits_for_its_sender_comes_first(browse, sender, agent):
    play.open_drop(sender, prompt="Running.")
    play.finished_drop(sender, agent, prompt="To be pulled.")
    play.post_drop(sender, prompt="To be paid.")
    page = text_of(browse(sender).get("/me/drops"))
    turn, paid, pulled, running = (
        page.index(words) for words in ("Your turn", "To be paid.", "To be pulled.", "Running.")
    )
    assert turn < paid < running and turn < pulled < running
