"""The public page of what moderators did: its sums are those of the rows, it names nobody, and moves once a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import AuditEvent, record_audit
from drops.desk import holding
from drops.desk.dismissing import dismiss_case
from drops.models import Appeal, Report
from drops.moderation import decisions
from drops.moderation.transparency import KINDS, months_until
from tests.drops.admin.verb_cases import VERBS
from tests.drops.appeals.court import NOTE, TOLD, WHY, appeal, dismiss, ruling_for, uphold
from tests.play import finished_drop, make_user
from wallet import approvals

pytestmark = pytest.mark.django_db
# The drops of the tests end at noon of New Year's Day.
MORNING = datetime(2030, 1, 9, 8, tzinfo=UTC)


@pytest.fixture
def a_months_work(sender, agent, rival, staff):
    """Two appeals upheld and dismissed, one open; three reports of which two are answered; a text read."""
    others = [make_user(f"player-{number}") for number in range(2)]
    drops = [finished_drop(sender, agent, rival), finished_drop(sender, others[0]), finished_drop(sender, others[1])]
    uphold(appeal(drops[0], rival), staff, ruling_for(drops[0], rival, agent="F"))
    dismiss(appeal(drops[1], sender), staff)
    appeal(drops[2], sender)
    reports = [
        decisions.report_drop(drop=drop, reporter=rival, reason=WHY, now=MORNING - timedelta(days=3)) for drop in drops
    ]
    for number, report in enumerate(reports[:2]):
        then = MORNING - timedelta(days=2, hours=number)
        decisions.handle_report(report=report, staff=staff, told=TOLD, reason=NOTE, now=then)
    record_audit(actor=staff, action="something-new", target="drop:1", reason=NOTE, now=MORNING - timedelta(days=1))
    return drops


def test_the_sums_are_those_of_the_rows(a_months_work):
    month = months_until(MORNING)[0]
    assert (month.appeals, month.upheld, month.dismissed, month.appeals_open) == (3, 1, 1, 1)
    assert month.appeals == Appeal.objects.count() and month.upheld_percent == 50
    assert (month.reports, month.reports_answered, month.reports_open) == (3, 2, 1)
    assert month.reports == Report.objects.count()
    assert month.acts == AuditEvent.objects.count() == sum(count for _kind, count in month.by_kind)
    assert month.acts == 5 and month.by_kind[-1][1] == 1


def test_the_page_says_them_to_everybody_and_names_nobody(a_months_work, at, sender, rival, staff):
    at(MORNING)
    page = Client().get("/transparency").content.decode()
    text = " ".join(page.split())
    assert "3: 1 upheld, 1 dismissed, 1 open" in text and "3: 2 answered, 1 open" in text
    assert "50% of those answered" in text and "January 2030" in text
    for word in (sender.email, staff.email, rival.name, NOTE, TOLD, WHY, str(a_months_work[0].pk)):
        assert word not in page


def test_it_moves_once_a_day_and_today_is_not_in_it(a_months_work, sender, staff):
    before = months_until(MORNING)[0].acts
    record_audit(actor=staff, action="remove", target="drop:1", reason=NOTE, now=MORNING)
    assert months_until(MORNING + timedelta(hours=3))[0].acts == before
    assert months_until(MORNING + timedelta(days=1))[0].acts == before + 1


def test_a_month_ends_at_midnight_utc(staff):
    for day, hour in ((31, 23), (32, 0)):
        then = datetime(2029, 12, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour)
        record_audit(actor=staff, action="remove", target="drop:1", reason=NOTE, now=then)
    newest, before = months_until(datetime(2030, 1, 2, tzinfo=UTC))[:2]
    assert (newest.begins.month, newest.acts, before.begins.month, before.acts) == (1, 1, 12, 1)


def test_a_few_times_are_nobodys_typical_time(a_months_work, staff):
    assert months_until(MORNING)[0].report_median is None
    report = Report.objects.get(handled_at=None)
    decisions.handle_report(report=report, staff=staff, told=TOLD, reason=NOTE, now=MORNING)
    assert months_until(MORNING + timedelta(days=1))[0].report_median == 24


def test_its_queries_do_not_grow_with_what_there_is(a_months_work, django_assert_num_queries):
    with django_assert_num_queries(3):
        months_until(MORNING)
    with django_assert_num_queries(0):
        months_until(MORNING)


def test_every_kind_of_act_is_one_that_moderators_have():
    counted = {action for actions in KINDS.values() for action in actions}
    beside_the_admin = {"decide", "pay-linked", "download", "handle-report", "read-to-judge", "open-case"}
    on_a_case = {"take-case", "give-back-case", "note-case"}
    by_two = {f"{what}-{kind}" for kind in approvals.KINDS for what in ("ask", "refuse")}
    assert counted - beside_the_admin - on_a_case - by_two <= set(VERBS) | {"read"} and by_two <= counted


def test_work_on_a_case_is_no_decision_and_its_dismissal_answers_reports(sender, rival, staff):
    drop = finished_drop(sender, make_user("winner"))
    case = decisions.report_drop(drop=drop, reporter=rival, reason=WHY, now=MORNING - timedelta(days=3)).case
    words = {"case": case, "staff": staff, "now": MORNING - timedelta(days=2)}
    holding.take_case(**words)
    holding.note_on_case(**words, reason=NOTE)
    dismiss_case(**words, told=TOLD, reason=NOTE)
    month = months_until(MORNING)[0]
    kinds = {kind: count for kind, count in month.by_kind if count}
    assert (month.reports_answered, month.acts) == (1, 3)
    assert kinds == {
        "Reports answered, cases dismissed": 1,
        "Cases opened, taken, given back, assigned; notes written": 2,
    }
