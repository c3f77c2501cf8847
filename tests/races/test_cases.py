"""Moderators at one queue: nobody is given what another has, and each verb has one effect and leaves one record."""

from __future__ import annotations

from functools import partial
from threading import Thread

import pytest
from django.db import connection

from accounts.models import AuditEvent, Notification, User
from drops.desk import holding
from drops.desk.cases import open_case
from drops.desk.deciding import decide_case
from drops.models import Case, Report
from drops.models.case import Category
from drops.moderation import decisions
from tests.play import NOON, after, make_user, open_drop
from tests.races.crowd import at_once, crashed

pytestmark = pytest.mark.usefixtures("ledger_db")
PRESSES = 50


def moderators(count=2):
    return [make_user(f"mo-{number}", is_staff=True) for number in range(count)]


def reported(*reporters):
    drop = open_drop(make_user("sender"))
    for name in reporters or ("ann",):
        decisions.report_drop(drop=drop, reporter=make_user(name), reason="Fish.", now=NOON)
    return Case.objects.get()


def three_at_once(verb, case, **asked):
    results = at_once([partial(verb, case=Case.objects.get(pk=case.pk), staff=one, **asked) for one in moderators(3)])
    assert crashed(results) == []
    return results


def test_two_who_press_fifty_times_at_once_never_hold_the_same_case(ledger_db):
    for number in range(2 * PRESSES):
        open_case(make_user(f"somebody-{number}"), category=Category.ASKED, now=NOON)
    taken: dict[str, list[int]] = {}

    def press(staff: User) -> None:
        try:
            taken[staff.name] = [holding.take_next(staff=staff, now=after(1)).pk for _ in range(PRESSES)]
        finally:
            connection.close()

    threads = [Thread(target=press, args=[staff]) for staff in moderators()]
    [thread.start() for thread in threads]
    [thread.join(timeout=120) for thread in threads]
    everything = [pk for mine in taken.values() for pk in mine]
    assert len(taken) == 2 and len(everything) == len(set(everything)) == 2 * PRESSES
    assert AuditEvent.objects.filter(action="take-case").count() == 2 * PRESSES


def test_three_who_press_at_once_get_three_cases_or_are_told_that_none_is_left(ledger_db):
    for name in ("ann", "ben"):
        open_case(make_user(name), category=Category.ASKED, now=NOON)
    results = at_once([partial(holding.take_next, staff=one, now=after(1)) for one in moderators(3)])
    assert crashed(results) == []
    assert len({case.pk for case in results if isinstance(case, Case)}) == 2 == AuditEvent.objects.count()


@pytest.mark.parametrize("decision", ["dismiss-case", "remove", "hide-drop", "suspend"])
def test_three_decide_one_case_and_one_does(ledger_db, decision):
    case = reported("ann", "ben")
    asked = {"decision": decision, "told": "No.", "reason": "Fish.", "now": after(60)}
    three_at_once(decide_case, case, **asked)
    case.refresh_from_db()
    assert AuditEvent.objects.get() == case.decision and not Report.objects.filter(handled_at=None).exists()
    assert Notification.objects.filter(kind="report-handled").count() == 2


def test_three_who_decide_differently_leave_one_decision(ledger_db):
    case = reported()
    asked = {"case": case, "told": "No.", "reason": "Fish.", "now": after(60)}
    ways = zip(("dismiss-case", "remove", "suspend"), moderators(3), strict=True)
    results = at_once([partial(decide_case, decision=way, staff=one, **asked) for way, one in ways])
    assert crashed(results) == []
    case.refresh_from_db()
    assert AuditEvent.objects.get() == case.decision
    drop, sender = case.drop, User.objects.get(pk=case.drop.sender_id)
    done = {"remove": not drop.is_open, "suspend": sender.is_suspended, "dismiss-case": True}
    assert done.pop(case.outcome) and (case.outcome == "dismiss-case" or sum(done.values()) == 1)


def test_three_take_one_case_and_one_has_it(ledger_db):
    three_at_once(holding.take_case, reported(), now=after(60))
    assert AuditEvent.objects.count() == 1


def test_one_who_notes_the_same_three_times_notes_it_once(ledger_db):
    case, (staff,) = reported(), moderators(1)
    note = partial(holding.note_on_case, case=case, staff=staff, reason="Fishy.", now=after(60))
    assert crashed(at_once([note, note, note])) == []
    assert AuditEvent.objects.count() == 1


def test_ten_reports_of_one_drop_at_once_are_one_case(ledger_db):
    drop = open_drop(make_user("sender"))
    people = [make_user(f"reporter-{number}") for number in range(10)]
    each = [partial(decisions.report_drop, drop=drop, reporter=one, reason="Fish.", now=NOON) for one in people]
    assert crashed(at_once(each)) == []
    assert Case.objects.get().reports.count() == 10


def test_a_report_that_comes_as_its_case_is_closed_is_in_an_open_one_or_answered(ledger_db):
    case, late = reported(), make_user("late")
    (staff,) = moderators(1)
    asked = {"staff": staff, "told": "No.", "reason": "Fish.", "now": after(60)}
    results = at_once(
        [
            partial(decide_case, case=case, decision="dismiss-case", **asked),
            partial(decisions.report_drop, drop=case.drop, reporter=late, reason="Fish.", now=after(60)),
        ]
    )
    assert crashed(results) == []
    report = Report.objects.get(reporter=late)
    assert (report.handled_at is None) == report.case.is_open
