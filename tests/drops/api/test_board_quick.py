"""The board's quick answer is the board's answer."""

import pytest
from django.db import OperationalError

from core.api import public_cache
from core.db import tally
from drops.api import board_quick
from drops.contest import competing, lifecycle
from tests.api import Api, hold_clock, is_problem
from tests.play import after, open_drop

pytestmark = pytest.mark.django_db

OWN = {"RateLimit", "X-Request-ID", "ETag"}
QUERIES = [
    "",
    "limit=2",
    "pack=code",
    "min_price_cents=300",
    "has_seats=true",
    "has_seats=false",
    "sort=prize&limit=1",
    "sort=free_seats&limit=2&x=%C3%BC",
    "sort=ends_soon&limit=3&min_price_cents=250&pack=roast&has_seats=true",
]


@pytest.fixture(autouse=True)
def a_second_later(monkeypatch):
    """Nothing is answered from memory: what is compared has been made anew."""
    monkeypatch.setattr(public_cache, "KEPT_SECONDS", 0)
    hold_clock(monkeypatch)


@pytest.fixture
def asked(monkeypatch):
    """What went the quick way."""
    seen = []
    quick = board_quick.board

    def watched(request):
        seen.append(quick(request))
        return seen[-1]

    monkeypatch.setitem(public_cache._quick, "/api/board", watched)
    return seen


@pytest.fixture
def drops(sender):
    packs = ["roast", "code", "roast", "wild"]
    return [open_drop(sender, pack=pack, price_cents=200 + 50 * n) for n, pack in enumerate(packs)]


@pytest.mark.parametrize("query", QUERIES)
def test_the_quick_way_and_the_whole_way_say_the_same(query, drops, agent, asked):
    competing.claim_drop(drop_id=drops[1].pk, agent=agent, now=after(1))
    whole = Api().get(f"board?{query}")
    quick = Api().get(f"board?{query}")
    assert (len(asked), asked[0].status_code) == (1, 200)
    assert (whole.content, whole.json() != []) == (quick.content, True)
    left = [{name: text for name, text in each.headers.items() if name not in OWN} for each in (whole, quick)]
    assert left[0] == left[1]
    assert quick["RateLimit"] < whole["RateLimit"]


def test_a_row_is_written_anew_when_its_drop_has_changed(drops, agent, asked):
    Api().get("board")
    first = Api().get("board")
    before = first.json()
    competing.claim_drop(drop_id=drops[0].pk, agent=agent, now=after(1))
    counts = {row["id"]: row["claims_count"] for row in Api().get("board").json()}
    assert (len(before), len(asked), counts[str(drops[0].pk)], sum(counts.values())) == (4, 2, 1, 1)
    lifecycle.cancel_drop(drop=drops[1], sender=drops[1].sender, now=after(2))
    assert str(drops[1].pk) not in {row["id"] for row in Api().get("board").json()}


def test_a_page_that_is_known_is_not_sent_again_until_it_changes(drops, agent, asked):
    Api().get("board")
    known = {"If-None-Match": Api().get("board")["ETag"]}
    assert [Api().get("board", **known).status_code, Api().get("board?limit=3", **known).status_code] == [304, 200]
    competing.claim_drop(drop_id=drops[0].pk, agent=agent, now=after(1))
    assert (Api().get("board", **known).status_code, None in asked) == (200, False)


@pytest.mark.parametrize("query", ["limit=0", "pack=nope", "min_price_cents=-1", "has_seats=maybe", "sort=age"])
def test_nonsense_goes_the_whole_way_and_is_refused(query, drops, asked):
    Api().get("board")
    is_problem(Api().get(f"board?{query}"), 400, "invalid")
    assert asked == [None]


def test_the_next_page_goes_the_whole_way(drops, asked):
    Api().get("board?limit=2")
    url = Api().get("board?limit=2")["Link"].partition(">")[0].removeprefix("</api/")
    assert len(Api().get(url).json()) == 2
    assert [answer is None for answer in asked] == [False, True]


def test_over_the_limit_the_refusal_is_the_usual_one(drops, settings, asked):
    settings.API_ANONYMOUS_PER_MINUTE = 2
    assert [Api().get("board").status_code for _ in range(2)] == [200, 200]
    is_problem(Api().get("board"), 429, "throttled")
    assert asked[1] is None


def test_a_database_that_is_away_is_left_to_the_whole_way(drops, asked, monkeypatch):
    Api().get("board")

    def away(*_, **__):
        raise OperationalError

    monkeypatch.setattr(tally, "fetch", away)
    monkeypatch.setattr(public_cache.connection, "close", lambda: None)  # the test's own transaction
    assert len(Api().get("board").json()) == 4


def test_one_query_counts_a_stranger_and_finds_their_board(drops, django_assert_num_queries):
    for _ in range(2):
        Api().get("board")
    with django_assert_num_queries(1):
        Api().get("board")


def test_a_memory_that_another_thread_empties_loses_no_row(drops, monkeypatch):
    for _ in range(2):
        Api().get("board?limit=2")
    write = board_quick._write

    def emptied(*args):
        found = list(write(*args))
        board_quick.forget()
        return found

    monkeypatch.setattr(board_quick, "_write", emptied)
    assert len(Api().get("board?limit=4").json()) == 4


def test_prices_do_not_fill_the_memory_with_statements(drops):
    Api().get("board")
    kept = [board_quick.statement(board_quick.Asked(None, cents, False, "prize"), 10 + cents) for cents in (1, 2)]
    assert kept[0] is kept[1]


def test_what_goes_the_whole_way_looks_first_whether_its_connection_still_stands(drops, monkeypatch):
    Api().get("board")
    checked = []
    whole = public_cache.PublicAnswersMiddleware.the_whole_way

    def watched(*args):
        checked.append(public_cache.connection.health_check_done)
        return whole(*args)

    monkeypatch.setattr(public_cache.PublicAnswersMiddleware, "the_whole_way", watched)
    Api().get("board?sort=age")
    assert checked == [False]
