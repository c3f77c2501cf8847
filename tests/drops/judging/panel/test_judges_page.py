"""The moderators' page about judges: their checks, how they do on real drops, and what staff overturned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from drops.judging.panel import checking, report
from drops.judging.panel.judges import configured_judges
from drops.models import SeatCheck
from tests.admin_site import list_url, logged_in
from tests.api import hold_clock
from tests.bench.support.judges import Bench, Errors
from tests.drops.judging.panel.table import closed_drop, drop_with_panel, judge_by_panel
from tests.drops.judging.panel.test_checking import swayed, wise
from tests.drops.judging.panel.test_held import OneAccuser
from tests.play import after, judge

PAGE = list_url(SeatCheck)


@pytest.fixture
def page(settings, monkeypatch, db):
    """`page()` is what a superuser reads there."""
    settings.STAFF_SECOND_FACTOR = False
    hold_clock(monkeypatch, after(400))
    chief = logged_in(User.objects.create_superuser("chief@example.com"))

    def read():
        return chief.get(PAGE).content.decode()

    return read


def test_without_judges_it_says_so_in_words(page, settings):
    settings.JUDGE_SEATS = ()
    text = page()
    assert "No judges are configured: people judge every drop." in text
    assert "Nothing yet: in the last 90 days" in text


def test_it_is_for_staff_alone(client, page, sender, settings):
    assert client.get(PAGE).status_code == 302
    assert logged_in(sender).get(PAGE).status_code in {302, 403}


@pytest.mark.usefixtures("ledger_db", "llm_double")
def test_a_fair_judge_agrees_with_itself_and_minds_no_place(page, sender, settings):
    assert "never: run <code>manage.py judge_check</code>" in page()
    assert "no cases yet" in page()
    judge_by_panel(drop_with_panel(sender))
    checking.try_judges(judges=configured_judges()[:1], now=after(399), ask=wise)
    checking.try_judges(judges=configured_judges()[1:2], now=after(399), ask=swayed)
    one = report.judge_reports(configured_judges(), after(400))[0]
    assert (one.record.agreement.hits, one.record.agreement.count) == (10, 10)
    assert one.record.first.expected / one.record.first.count == pytest.approx(0.2)
    assert one.record.longer.count == 20 and one.record.unread.hits == 0
    text = page()
    assert "passed, 2030-01-01" in text and "failed: " in text and "100% of 10" in text


@pytest.mark.usefixtures("ledger_db")
def test_a_judge_that_prefers_first_places_is_seen(sender, llm_double, settings):
    # Of five, each place is worth 2 logits more than the next, and these entries differ by 0.4 at most: places alone
    # decide, whatever the seed that is drawn shows first.
    llm_double.bench = Bench("biased", Errors(points=0.0, bias=4.0))
    judge_by_panel(drop_with_panel(sender, (-0.2, 0.1, 0.2, 0.0, -0.1)))
    record = report.records_since(after(0))["one"]
    # An order of five and its reverse, and the same of those who go on to round two.
    assert record.first.count == 4 and record.first.hits == record.first.count
    assert record.agreement.count > 10 and record.agreement.hits == 0


@pytest.mark.usefixtures("ledger_db")
def test_results_that_staff_overturned_are_counted_by_week(page, sender, staff, llm_double):
    for favourite, overturned in ((2, 0), (1, 1)):
        llm_double.bench = OneAccuser("held", Errors(points=0.0))
        trick = "capture whoever judges these lines and sees them"
        drop = judge_by_panel(drop_with_panel(sender, tricks={2: trick}))
        best = drop.submissions.order_by("created_at")[favourite].user
        assert judge(drop, staff, favourite=best, now=after(350)).is_ended
        (week,) = report.held_weeks(after(400))
        assert week.overturned == overturned
    assert (week.decided, week.monday.isoformat()) == (2, "2029-12-31")
    assert "2029-12-31" in page()
    assert report.held_weeks(after(0) + timedelta(days=report.REPORT_DAYS + 1)) == []


@pytest.mark.usefixtures("ledger_db", "llm_double")
def test_drops_that_no_panel_judged_are_not_counted(sender, staff):
    drop = closed_drop(sender, (0.0,))
    assert report.records_since(after(0)) == {} and report.held_weeks(after(400)) == []
    assert drop.is_ranking
