"""The events that open a case, that join it, and that bring it to its end without the desk."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from drops.desk.cases import TRIES_MAX, CaseBusy, close_case, open_case
from drops.models import Case
from drops.models.case import Category, Severity
from drops.moderation import decisions, disqualifying
from tests.drops.admin.verb_cases import reported_feedback
from tests.play import NOON, after, enter, judge, make_user, open_drop, ring

pytestmark = pytest.mark.django_db


def report(drop, by, now=NOON):
    return decisions.report_drop(drop=drop, reporter=by, reason="It smells of fish.", now=now)


def handle(report, staff):
    return decisions.handle_report(report=report, staff=staff, told="It stays.", reason="It is fine.", now=after(60))


def test_reports_of_one_drop_are_one_case_which_grows_graver_with_their_number(sender, agent, rival):
    drop = open_drop(sender)
    first = report(drop, agent)
    assert (first.case.category, first.case.severity, first.case.money_cents) == ("report", Severity.NORMAL, 500)
    assert first.case.due_at == after(24 * 3600)
    for user in (rival, make_user("third")):
        assert report(drop, user, after(60)).case == first.case
    case = Case.objects.get()
    assert (case.severity, case.due_at) == (Severity.HIGH, after(60 + 4 * 3600))


def test_a_second_report_of_the_same_person_opens_nothing(sender, agent):
    drop = open_drop(sender)
    assert report(drop, agent) == report(drop, agent, after(9))
    assert Case.objects.count() == 1


def test_reported_feedback_is_a_case_about_the_entry(sender, agent):
    case = reported_feedback(sender, agent).case
    assert (case.kind, case.category, case.submission.user) == ("submission", "feedback", agent)


def test_the_last_report_that_is_handled_closes_its_case(sender, agent, rival, staff):
    drop = open_drop(sender)
    first, second = report(drop, agent), report(drop, rival)
    handle(first, staff)
    assert Case.objects.open().exists()
    handle(second, staff)
    case = Case.objects.get()
    assert (case.closed_at, case.closed_by, case.outcome) == (after(60), staff, "handle")
    assert case.decision.target == f"report:{second.pk}"


def test_a_case_that_others_keep_closing_is_asked_for_again_in_a_moment(agent, monkeypatch):
    open_cases, closed = Case.objects.bulk_create, []

    def open_and_close(fresh, **options):
        open_cases(fresh, **options)
        closed.append(close_case("person", agent, outcome="dismiss-case", now=NOON))

    monkeypatch.setattr(Case.objects, "bulk_create", open_and_close)
    with pytest.raises(CaseBusy) as refused:
        open_case(agent, category=Category.ASKED, now=NOON)
    assert (refused.value.code, closed) == ("case_busy", [True] * TRIES_MAX)
    assert not Case.objects.exists()


def test_a_report_after_that_opens_another(sender, agent, staff):
    drop = open_drop(sender)
    handle(report(drop, agent), staff)
    assert report(drop, agent, after(90)).case == Case.objects.open().get()
    assert Case.objects.count() == 2


def test_a_verdict_that_waits_for_staff_is_a_case_until_they_have_given_it(sender, agent, staff):
    drop = open_drop(sender)
    enter(drop, agent)
    drop = decisions.judge_by_hand(drop=ring(drop), staff=staff, told="Ours.", reason="Ours.", now=after(400))
    case = Case.objects.get()
    assert (case.kind, case.target, case.due_at) == ("verdict", drop, drop.round.deadline_at)
    judge(drop, staff, now=after(500))
    case.refresh_from_db()
    assert (case.closed_at, case.closed_by, case.outcome) == (after(500), staff, "decide")
    assert case.decision.action == "decide"


def test_judging_that_starts_afresh_goes_on_in_the_same_case(sender, agent, rival, staff):
    drop = open_drop(sender)
    enter(drop, agent), enter(drop, rival)
    drop = decisions.judge_by_hand(drop=ring(drop), staff=staff, told="Ours.", reason="Ours.", now=after(400))
    entry = drop.submissions.get(user=rival)
    disqualifying.disqualify_entry(submission=entry, staff=staff, told="Copied.", reason="Copied.", now=after(450))
    assert Case.objects.open().get().verdict == drop


def test_a_drop_that_ends_otherwise_closes_the_case_of_its_verdict_and_not_of_its_reports(sender, agent, rival, staff):
    drop = open_drop(sender)
    enter(drop, agent)
    report(drop, rival)
    drop = decisions.judge_by_hand(drop=ring(drop), staff=staff, told="Ours.", reason="Ours.", now=after(400))
    decisions.stop_drop(drop=drop, staff=staff, told="Off.", reason="Off.", now=after(500))
    assert Case.objects.open().get().drop == drop
    assert Case.objects.get(verdict=drop).outcome == "stopped_by_staff"


def test_the_database_holds_one_open_case_for_each_thing(sender):
    drop = open_drop(sender)
    case = open_case(drop, category=Category.ASKED, now=NOON)
    assert open_case(drop, category=Category.REPORT, now=after(9)) == case
    case.pk = None
    with pytest.raises(IntegrityError, match="case_open_drop"), transaction.atomic():
        case.save(force_insert=True)


@pytest.mark.parametrize("about", [{}, {"drop": True, "person": True}])
def test_the_database_holds_a_case_to_one_thing(sender, about):
    rows = {"drop": open_drop(sender), "person": sender}
    facts = {"category": "asked", "severity": 2, "due_at": NOON, "opened_at": NOON}
    with pytest.raises(IntegrityError, match="case_about_one_thing"), transaction.atomic():
        Case.objects.create(**facts, **{name: rows[name] for name in about})
