"""Lists of the admin with more rows than anybody counts: each row is reached, and each search goes by an index."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection

from accounts.models import User
from core import admin_lists
from core.admin_search import way_of
from tests.admin_site import admin_pages, list_url, logged_in
from tests.play import NOON

pytestmark = pytest.mark.django_db
PEOPLE = 12


@pytest.fixture
def chief(db, monkeypatch):
    """Whose lists have two rows a page, of which six are counted."""
    monkeypatch.setattr(admin_lists, "ROWS_COUNTED_MAX", 6)
    monkeypatch.setattr(admin.site.get_model_admin(User), "list_per_page", 2)
    chief = User.objects.create_superuser("chief@house.example", created_at=NOON)
    rows = [User(email=f"u{n}@x.example", name=f"U{n}", created_at=NOON - timedelta(hours=n // 2)) for n in range(11)]
    User.objects.bulk_create(rows)
    return logged_in(chief)


def link_named(page, words):
    links = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', page.content.decode())
    return next((href.replace("&amp;", "&") for href, text in links if text.strip() == words), None)


def test_a_list_goes_on_behind_what_is_counted_until_every_row_was_seen(chief):
    seen, query = [], "?"
    while query:
        first = chief.get(list_url(User) + query)
        pages = first.context["cl"].paginator.num_pages
        for number in range(1, pages + 1):
            page = chief.get(f"{list_url(User)}{query}&p={number}")
            seen += page.context["cl"].result_list
        query = link_named(page, "Go on behind this page")
    assert seen == list(User.objects.order_by("-created_at", "-id"))
    assert link_named(page, "Back to the beginning") is not None


def test_a_list_says_that_there_are_more_than_it_counted(chief):
    assert "more than 6 users" in " ".join(chief.get(list_url(User)).content.decode().split())
    User.objects.filter(email__startswith="u").exclude(email="u1@x.example").update(is_staff=True)
    few = " ".join(chief.get(list_url(User), {"is_staff__exact": 0}).content.decode().split())
    assert "1 user" in few and "more than" not in few


def test_no_list_says_that_it_has_as_many_rows_as_were_counted(chief):
    for query in ({}, {"q": "example"}):
        page = " ".join(chief.get(list_url(User), query).content.decode().split())
        assert "more than 6 users" in page and "6 results" not in page


def test_a_search_from_further_down_begins_at_the_beginning(chief):
    first = User.objects.order_by("-created_at", "-id")[3]
    page = chief.get(list_url(User), {"behind": first.pk, "is_staff__exact": 0}).content.decode()
    assert 'type="hidden" name="is_staff__exact"' in page and 'type="hidden" name="behind"' not in page


@pytest.mark.parametrize("behind", ["nonsense", "00000000-0000-4000-8000-000000000000", "\0"])
def test_a_row_that_is_not_there_is_no_place_to_go_on_from(chief, behind):
    answer = chief.get(list_url(User), {"behind": behind})
    assert answer.status_code == 302 and answer.url.endswith("?e=1")


def test_facets_count_the_first_rows_alone(chief):
    User.objects.filter(email__in=["u0@x.example", "u10@x.example"]).update(is_staff=True)
    page = chief.get(list_url(User), {"_facets": "True"}).content.decode()
    # The chief and u0 are among the six newest, u10 is not.
    assert re.search(r"Yes \(2\).*?No \(4\)", page, re.DOTALL)


def test_a_list_is_sorted_anew_by_columns_with_an_index_alone(chief):
    page = chief.get(list_url(User)).content.decode()
    assert re.findall(r'class="sortable column-(\w+)', page) == ["email", "handle", "created_at"]


def test_no_search_of_a_list_reads_every_row(chief):
    """Whatever isn't looked for in each row stands in an index: of every list, every way of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    fields = [(model, field) for model, page in admin_pages().items() for field in page.search_fields]
    assert [(model.__name__, field) for model, field in fields if field[0] in "=^" and reads_all(model, field)] == []


def reads_all(model, field):
    ways = [way_of(model, field, words) for words in ("7", "00000000-0000-4000-8000-000000000000")]
    plans = [model._default_manager.filter(way).order_by().values("pk").explain() for way in ways if way is not None]
    return any("Seq Scan" in plan for plan in plans)


@pytest.mark.parametrize("words", ["\N{SNOWMAN}", "9" * 40, "%", "' OR 1=1"])
def test_words_that_no_row_can_have_find_none(chief, words):
    for model, page in admin_pages().items():
        if page.search_fields:
            assert chief.get(list_url(model), {"q": words}).context["cl"].result_count == 0, model
