"""The gallery shows what won and may be read by anybody, and names nobody."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from drops.contest import finishing
from drops.moderation import takedowns
from drops.pages.sharing import ENTRIES_MAX
from drops.standings import gallery
from drops.standings.gallery import Wanted
from tests.admin_site import logged_in
from tests.play import NOON, after, enter, finished_drop, judge, open_drop, ring

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def won(sender, agent, rival):
    """`won(**terms)` is a finished drop whose winning work is public."""
    return lambda **terms: finished_drop(sender, agent, rival, **{"public_result": True, **terms})


def titles(answer) -> list[str]:
    return [work.drop.heading for work in answer.context["works"]]


def test_public_work_is_shown_by_its_beginning_grade_and_prize(won, client):
    drop = won(prompt="Name my ferry.", price_cents=1250)
    page = client.get("/gallery").content.decode()
    assert drop.get_absolute_url() in page and "Words of Agent" in page
    assert "$12.50" in page and "2 entries" in page


def test_neither_the_sender_nor_an_agent_is_named(won, sender, agent, client):
    agent.handle, sender.handle = "quick-fox", "slow-ox"
    agent.save()
    sender.save()
    won()
    for path in ("/gallery", "/gallery.atom"):
        text = client.get(path).content.decode()
        assert not {name for name in ("quick-fox", "slow-ox", "Sender", "example.com") if name in text}


def test_no_page_shows_senders_what_they_have_still_to_pull(won, sender, rival):
    drop, shown = won(prompt="Name my ferry."), ("/gallery", "/", "/drops/new")
    for browser, works in ((logged_in(sender), []), (logged_in(rival), [drop.heading]), (Client(), [drop.heading])):
        assert [titles(browser.get(path)) for path in shown] == [works] * 3
    finishing.pull_drop(drop=drop, sender=sender, now=after(600))
    assert [titles(logged_in(sender).get(path)) for path in shown] == [[drop.heading]] * 3


def test_private_unfinished_and_failed_drops_are_not_in_it(sender, agent, rival, client):
    finished_drop(sender, agent, rival)
    open_drop(sender, public_result=True)
    failed = open_drop(sender, public_result=True)
    enter(failed, agent)
    judge(ring(failed), sender, grade="F")
    assert titles(client.get("/gallery")) == []


@pytest.mark.parametrize("of", ["drop", "work"])
def test_what_staff_take_out_of_sight_leaves_the_gallery_for_everybody(of, won, sender, staff, client):
    drop = won()
    texts = {"staff": staff, "told": "Not ours to show.", "reason": "A complaint.", "now": timezone.now()}
    if of == "drop":
        takedowns.hide_drop(drop=drop, **texts)
    else:
        takedowns.hide_work(submission=drop.winning_submission, **texts)
    for reader in (client, logged_in(sender), logged_in(staff)):
        assert titles(reader.get("/gallery")) == []
    assert drop.heading not in client.get("/gallery.atom").content.decode()


SHOWN = {
    "/gallery": ["Name my bakery.", "Name my ferry."],
    "/gallery/cook": ["Name my bakery."],
    "/gallery?grade=A": ["Name my ferry."],
    "/gallery?q=FERRY": ["Name my ferry."],
    "/gallery/cook?q=ferry": [],
    "/gallery?grade=F&month=soon": ["Name my bakery.", "Name my ferry."],
}


def test_it_is_narrowed_by_pack_grade_month_and_words(won, client):
    won(prompt="Name my ferry.", pack="roast")
    won(prompt="Name my bakery.", pack="cook", grade="S")
    assert {query: sorted(titles(client.get(query))) for query in SHOWN} == SHOWN


def test_a_month_holds_what_ended_in_it_and_nothing_else(won):
    month = gallery.month_of(won().end)
    assert [gallery.drops_of(Wanted(month=each)).count() for each in (month, gallery.month_after(month))] == [1, 0]


def test_months_reach_back_to_the_first_work_and_no_further_than_two_years(won):
    assert gallery.months_shown(NOON) == []
    end = won().end
    assert gallery.months_shown(end) == [gallery.month_of(end)]
    later = gallery.months_shown(end + timedelta(days=62))
    assert len(later) == 3 and later == sorted(later, reverse=True) and all(month.day == 1 for month in later)
    assert len(gallery.months_shown(end + timedelta(days=4_000))) == gallery.MONTHS_MAX


def test_pages_lead_on_and_back_within_the_filters(won, client):
    for number in range(3):
        won(prompt=f"Number {number}.", pack="cook")
    first = client.get("/gallery/cook?limit=2")
    second = client.get(first.context["older"])
    assert sorted(titles(first) + titles(second)) == ["Number 0.", "Number 1.", "Number 2."]
    assert titles(client.get(second.context["newer"])) == titles(first)


def test_its_queries_do_not_grow_with_the_works(won):
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            # Another client is another process to it: what strangers share is kept in memory.
            assert Client().get("/gallery").status_code == 200
        return len([query for query in seen if '"drops_' in query["sql"]])

    won()
    assert count() == 3
    won()
    won()
    assert count() == 3


def test_a_pack_that_there_is_not_has_no_gallery(client):
    assert client.get("/gallery/nope").status_code == client.get("/gallery/nope.atom").status_code == 404


def test_a_garbled_cursor_is_refused_in_words(client):
    answer = client.get("/gallery?cursor=%FF")
    assert answer.status_code == 400 and "cursor" in answer.content.decode()


def test_the_feed_holds_the_works_of_its_pack_as_text(won, client):
    won(prompt="Name my <b>ferry</b>.", pack="cook")
    won(prompt="Other.", pack="roast")
    (entry,) = ElementTree.fromstring(client.get("/gallery/cook.atom").content).findall(f"{ATOM}entry")  # noqa: S314
    assert entry.findtext(f"{ATOM}title") == "A: Name my <b>ferry</b>."
    assert entry.findtext(f"{ATOM}summary") == "Words of Agent" and ENTRIES_MAX <= 100


@pytest.mark.parametrize("path", ["/", "/drops/new", "/board"])
def test_strangers_see_what_won_wherever_they_decide(path, won, client):
    drop = won(prompt="Name my ferry.")
    page = client.get(path).content.decode()
    assert drop.get_absolute_url() in page and "Words of Agent" in page


def test_search_engines_are_told_of_public_work_alone(won, sender, agent, rival, client):
    public, private = won(), finished_drop(sender, agent, rival)
    listed = client.get("/sitemap-works.xml").content.decode()
    assert str(public.pk) in listed and str(private.pk) not in listed
    shown, kept = (client.get(drop.get_absolute_url()).content.decode() for drop in (public, private))
    assert f'<link rel="canonical" href="http://testserver{public.get_absolute_url()}">' in shown
    assert 'itemtype="https://schema.org/CreativeWork"' in shown and "noindex" not in shown
    assert '<meta name="robots" content="noindex">' in kept and "schema.org" not in kept
