"""The board and the lists: filters, reasons, empty states, and what they cost."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.api import limits
from drops.contest import posting
from drops.models import Drop
from drops.moderation import decisions
from drops.pages import board
from tests import play
from tests.drops.browsing import text_of


def test_an_empty_board_says_what_to_do(browse):
    page = text_of(browse(None).get("/board"))
    assert "No drop is open right now" in page
    assert "/drops/new" in page


def test_the_board_filters_and_sorts(browse, sender):
    cheap = play.open_drop(sender, prompt="cheap one", pack="roast", price_cents=100)
    dear = play.open_drop(sender, prompt="dear one", pack="cook", price_cents=900)
    browser = browse(None)
    assert cheap.prompt not in text_of(browser.get("/board?min_price=5"))
    assert dear.prompt not in text_of(browser.get("/board?pack=roast"))
    page = text_of(browser.get("/board?sort=prize"))
    assert page.index("dear one") < page.index("cheap one")
    results = text_of(browser.get("/board?q=CHEAP"))
    assert cheap.prompt in results
    assert dear.prompt not in results
    assert browser.get("/board?pack=%00&min_price=x&sort=?&q=%00").status_code == 200


def test_the_board_shows_no_drop_whose_bell_has_rung(browse, sender, at):
    drop = play.open_drop(sender)
    at(drop.window_closes_at)
    assert drop.prompt not in text_of(browse(None).get("/board"))


def test_the_board_says_whether_you_may_claim_and_why_not(browse, sender, agent):
    drop = play.open_drop(sender)
    assert f"/drops/{drop.pk}/claim" in text_of(browse(agent).get("/board"))
    assert "Your own drop" in text_of(browse(sender).get("/board"))
    play.claim(drop, agent)
    browse(agent).post(f"/drops/{drop.pk}/release")
    assert "take a seat on this drop yet" in text_of(browse(agent).get("/board"))
    assert "Sign in to claim" in text_of(browse(None).get("/board"))


# The wallet sums up what is in escrow, and names the drops of its lines.
QUERIES_MAX = {"/board": 9, "/me/drops": 9, "/me/competing": 9, "/": 9, "/wallet": 10, "/me/notifications": 9}


def test_queries_do_not_grow_with_rows(browse, sender, monkeypatch):
    monkeypatch.setattr(limits, "SETTLE_SECONDS", 3_600)
    counts = []
    for size in (1, 4):
        for number in range(size):
            add_rows_for(sender, f"{size}{number}")
        counts.append({path: queries_of(browse(sender), path) for path in QUERIES_MAX})
    assert counts[0] == counts[1]
    assert not [path for path, count in counts[0].items() if count > QUERIES_MAX[path]]


def add_rows_for(sender, name):
    other = play.make_user(f"agent{name}")
    play.finished_drop(sender, other)
    theirs = play.open_drop(other)
    play.claim(play.open_drop(play.make_user(f"x{name}")), other)
    if Drop.objects.filter(claims__user=sender).count() < 3:
        play.claim(theirs, sender)


def queries_of(browser, path):
    # The first page of a minute is counted with all processes', and then for a while in memory.
    browser.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


def test_an_unchanged_live_board_is_answered_with_nothing(browse, sender, agent, rival, at):
    drop = play.open_drop(sender)
    browser = browse(agent)
    first = browser.get("/board/live")
    at(play.after(7))
    again = browser.get("/board/live", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    play.claim(drop, rival)
    assert browser.get("/board/live", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_every_list_has_an_empty_state(browse, agent):
    browser = browse(agent)
    for path in ("/me/drops", "/me/competing", "/me/notifications", "/wallet"):
        assert 'class="empty"' in text_of(browser.get(path)), path


def test_the_landing_page_marks_samples_and_drops_them_for_real_ones(browse, sender, agent):
    assert "Sample, not a real drop" in text_of(browse(None).get("/"))
    play.finished_drop(sender, agent)
    page = text_of(browse(None).get("/"))
    assert "Sample" not in page
    assert "Name my ferry." in page


def cards_on(page):
    return re.findall(r'id="drop-([0-9a-f-]{36})"', text_of(page))


def test_an_open_board_keeps_its_cards_in_place_and_what_is_new_comes_last(browse, sender, at):
    over, later = play.open_drop(sender), play.open_drop(sender, window_seconds=900)
    sooner = play.open_drop(sender, window_seconds=600)
    at(over.bell)
    page = browse(None).get(f"/board/live?shown={later.pk}&shown={over.pk}")
    assert cards_on(page) == [str(later.pk), str(over.pk), str(sooner.pk)]
    assert "The bell has rung." in text_of(page) and 'data-said="2 drops are open."' in text_of(page)
    assert cards_on(browse(None).get("/board/live")) == [str(sooner.pk), str(later.pk)]


def test_what_a_page_claims_to_show_brings_nothing_to_light(browse, sender, staff):
    unpaid, removed = play.post_drop(sender), play.open_drop(sender)
    decisions.remove_drop(drop=removed, staff=staff, told="Unlawful.", reason="Unlawful.", now=play.NOON)
    shown = "&".join(f"shown={text}" for text in (unpaid.pk, removed.pk, "%00", "x", "../", f"{removed.pk}'"))
    assert cards_on(browse(sender).get(f"/board/live?{shown}")) == []


def test_a_board_that_was_open_for_long_starts_afresh(browse, sender, monkeypatch):
    monkeypatch.setattr(board, "SHOWN_MAX", 2)
    drops = [play.open_drop(sender, window_seconds=seconds) for seconds in (300, 400)]
    gone = play.open_drop(sender)
    posting.cancel_drop(drop=gone, sender=sender, now=play.NOON)
    page = browse(None).get(f"/board/live?shown={gone.pk}&shown={drops[1].pk}")
    assert cards_on(page) == [str(drop.pk) for drop in drops]


def test_the_board_is_narrowed_by_the_time_that_is_left(browse, sender):
    for prompt, seconds in (("in a hurry", 300), ("at ease", 900), ("all day", 86_400)):
        play.open_drop(sender, prompt=prompt, window_seconds=seconds)
    told = {left: text_of(browse(None).get("/board", {"time_left": left})) for left in ("short", "minutes", "hours")}
    assert "in a hurry" in told["short"] and "at ease" not in told["short"]
    assert "at ease" in told["minutes"] and "in a hurry" not in told["minutes"]
    assert "all day" in told["hours"] and "at ease" not in told["hours"]


def test_cards_that_all_viewers_share_say_to_each_what_they_may_do(browse, sender, agent):
    drop = play.open_drop(sender, prompt="shared <i>one</i>")
    claims = f"/drops/{drop.pk}/claim"
    for _turn in range(2):
        pages = {who: text_of(browse(who).get("/board")) for who in (agent, sender, None)}
        assert [claims in page for page in pages.values()] == [True, False, False]
        assert all("shared &lt;i&gt;one" in page and "5 of 5 seats free" in page for page in pages.values())


def test_a_card_is_another_once_a_seat_is_taken_an_entry_sealed_or_the_reader_german(browse, sender, agent):
    drop = play.open_drop(sender)
    browser = browse(sender)
    pages = [text_of(browser.get("/board"))]
    play.claim(drop, agent)
    pages.append(text_of(browser.get("/board")))
    play.submit(drop, agent)
    pages.append(text_of(browser.get("/board")))
    for page, seats, entries in zip(pages, (5, 4, 4), (0, 0, 1), strict=True):
        assert f"{seats} of 5 seats free" in page and f"{entries} sealed" in page
    sender.language = "de"
    sender.save()
    german = text_of(browser.get("/board"))
    assert "judged by" not in german and "4 von 5" in german
