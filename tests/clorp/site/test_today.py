"""The first page of staff: what each role acts on, what is late, what nobody has checked, and the last two weeks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clorp.site.day_chart import day_chart
from drops.models import Drop, Report
from drops.moderation import decisions
from tests.admin_site import logged_in
from tests.api import hold_clock
from tests.play import NOON, after, enter, make_user, open_drop, pause_part, ring, staff_as

pytestmark = pytest.mark.django_db
JUDGE = "Drops to judge"


@pytest.fixture(autouse=True)
def held_clock(monkeypatch):
    hold_clock(monkeypatch, after(600))


def page_for(role):
    return logged_in(staff_as(role)).get("/admin/")


def tile(page, label):
    (wanted,) = (tile for tile in page.context["tiles"] if tile.label == label)
    return wanted


@pytest.mark.parametrize(
    ("role", "some", "none"),
    [
        ("viewer", set(), {"Open cases", JUDGE, "Ledger mismatches"}),
        ("moderator", {"Open cases", "Open reports", "Open appeals", JUDGE}, {"Ledger mismatches"}),
        ("judge", {"Open cases", JUDGE, "Waiting for a second person"}, {"Ledger mismatches"}),
        ("finance", {"Open cases", "Ledger mismatches", "Waiting for a second person"}, {JUDGE}),
        ("lead", {"Open cases", JUDGE, "Ledger mismatches", "Waiting for a second person"}, set()),
    ],
)
def test_each_role_finds_first_what_it_acts_on(role, some, none):
    page = page_for(role)
    yours = {tile.label for tile in page.context["yours"]}
    assert some <= yours and none.isdisjoint(yours)
    # Whoever only looks sees the rest too.
    assert none <= {tile.label for tile in page.context["others"]}
    assert page.context["tiles"] == [*page.context["yours"], *page.context["others"]]


def test_what_is_late_is_red_and_says_how_much_of_it(sender, agent, rival, settings, monkeypatch):
    settings.JUDGE = "staff"
    drop = open_drop(sender)
    enter(drop, agent)
    ring(drop)
    page = page_for("lead")
    assert (tile(page, JUDGE).waits, tile(page, JUDGE).overdue) == (True, False)
    hold_clock(monkeypatch, after(300 + settings.JUDGE_HELD_SECONDS_MAX))
    boss = logged_in(make_user("boss", is_staff=True, is_superuser=True))
    page = boss.get("/admin/")
    assert tile(page, JUDGE).overdue and "1 overdue" in tile(page, JUDGE).note
    assert 'class="tile waiting overdue"' in page.content.decode()


def test_what_was_never_checked_does_not_look_calm():
    page = page_for("finance")
    assert tile(page, "Ledger mismatches").unknown
    assert 'class="tile unknown"' in page.content.decode()


def test_its_queries_do_not_grow_with_what_waits(sender, agent, rival):
    boss = logged_in(make_user("boss", is_staff=True, is_superuser=True))

    def queries():
        caches["texts"].clear()
        with CaptureQueriesContext(connection) as asked:
            assert boss.get("/admin/").status_code == 200
        return len(asked)

    queries()  # Whatever a process asks but once.
    before = queries()
    for number in range(4):
        drop = open_drop(sender)
        decisions.report_drop(drop=drop, reporter=(agent, rival)[number % 2], reason="Fish.", now=NOON)
        ring(open_drop(sender))
    assert Report.objects.count() == 4
    assert queries() == before


def test_what_is_paused_stands_on_top(db):
    pause_part("claims", now=after(1))
    assert "Our bank is away." in page_for("viewer").content.decode()


def test_the_last_two_weeks_are_drawn_and_told(sender, agent):
    for ago in (20, 13, 1, 1, 0):
        Drop.objects.filter(pk=ring(open_drop(sender)).pk).update(closed_at=after(300) - timedelta(days=ago))
    chart = day_chart(after(600))
    assert [day.drops for day in chart.days] == [1, *[0] * 11, 2, 1]
    assert (chart.drops, chart.cents, chart.days[-2].cents) == (4, 2_000, 1_000)
    assert [bar.height for bar in chart.bars] == [60, *[0] * 11, 120, 60]
    page = page_for("viewer").content.decode()
    assert page.count("<rect") == 14 and page.count('<th scope="row">') == 14 and "style=" not in page


def test_days_that_are_over_are_read_once_and_the_one_that_goes_on_after_a_minute(sender, django_assert_num_queries):
    ring(open_drop(sender))
    with django_assert_num_queries(2):
        day_chart(after(600))
    with django_assert_num_queries(0):
        day_chart(after(601))
    caches["texts"].delete("day-chart")
    with django_assert_num_queries(1):
        assert day_chart(after(700)).last.drops == 1


def test_an_empty_site_has_an_empty_chart(db):
    chart = day_chart(NOON)
    assert chart.drops == 0 and {bar.height for bar in chart.bars} == {0}
