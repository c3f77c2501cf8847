"""A decision acts, closes the case, answers its reports and is on record once: all of it or nothing."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent
from core.errors import Forbidden, Invalid
from drops.contest.rules import IllegalTransition
from drops.desk import holding
from drops.desk.cases import open_case
from drops.desk.deciding import BY_KIND, decide_case, decisions_for
from drops.desk.dismissing import dismiss_case
from drops.models import Case
from drops.models.case import KINDS, Category
from drops.moderation import decisions
from drops.moderation.acts import AlreadyDone
from tests.drops.admin.verb_cases import reported_feedback
from tests.play import NOON, after, enter, make_user, open_drop, ring
from wallet.books import ledger

pytestmark = pytest.mark.django_db
TOLD, WHY = "It names a person.", "Names the neighbour."


@pytest.fixture
def case(sender, agent, rival):
    drop = open_drop(sender)
    for user in (agent, rival):
        decisions.report_drop(drop=drop, reporter=user, reason="It names a person.", now=NOON)
    return Case.objects.get()


def decide(case, decision, staff, *, seconds=60):
    return decide_case(case=case, decision=decision, staff=staff, told=TOLD, reason=WHY, now=after(seconds))


def told(user, kind):
    return list(user.notifications.filter(kind=kind).values_list("text", flat=True))


def test_the_act_and_the_end_of_the_case_leave_one_record(case, staff, sender):
    decide(case, "remove", staff)
    case.refresh_from_db()
    event = AuditEvent.objects.get()
    assert (event.action, event.reason, event.changes) == ("remove", WHY, {"told": ["", TOLD]})
    assert (case.outcome, case.closed_by, case.closed_at, case.decision) == ("remove", staff, after(60), event)
    assert case.drop.status == "cancelled" and ledger.balance_cents(sender) == 500


def test_no_text_told_to_one_reaches_another(case, staff, sender, agent, rival):
    decide(case, "remove", staff)
    assert TOLD in told(sender, "drop-removed")[0]
    for user in (agent, rival):
        (text,) = told(user, "report-handled")
        assert TOLD not in text and WHY not in text and "acted" in text
    assert {(one.handled_by, one.handling) for one in case.reports.all()} == {(staff, WHY)}


def test_a_dismissal_tells_who_reported_it_and_nobody_else(case, staff, sender, agent, rival):
    dismiss_case(case=case, staff=staff, told=TOLD, reason=WHY, now=after(60))
    assert all(TOLD in told(user, "report-handled")[0] for user in (agent, rival))
    assert not sender.notifications.exclude(kind="drop-opened").exists()
    case.refresh_from_db()
    assert case.drop.is_open and (case.outcome, case.decision.action) == ("dismiss-case", "dismiss-case")


def test_a_dismissal_that_nobody_hears_of_tells_nothing(staff, rival):
    case = open_case(rival, category=Category.ASKED, now=NOON)
    dismiss_case(case=case, staff=staff, told="", reason=WHY, now=after(60))
    assert AuditEvent.objects.get().changes == {} and not Case.objects.open().exists()


def test_a_dismissal_that_somebody_hears_of_says_why(case, staff):
    with pytest.raises(Invalid):
        dismiss_case(case=case, staff=staff, told="", reason=WHY, now=after(60))
    assert Case.objects.open().exists() and not AuditEvent.objects.exists()


def test_a_refused_act_leaves_the_case_open(case, staff, agent):
    with pytest.raises(IllegalTransition):
        decide(case, "stop", staff)
    with pytest.raises(IllegalTransition):
        decide(case, "no-such-thing", staff)
    case.refresh_from_db()
    assert case.is_open and not AuditEvent.objects.exists() and not told(agent, "report-handled")


def test_whoever_comes_second_changes_nothing(case, staff, sender):
    dismiss_case(case=case, staff=staff, told=TOLD, reason=WHY, now=after(50))
    with pytest.raises(AlreadyDone):
        decide(case, "remove", staff)
    case.drop.refresh_from_db()
    assert case.drop.is_open and AuditEvent.objects.count() == 1


def test_nobody_decides_a_case_that_another_holds(case, staff):
    holding.take_case(case=case, staff=make_user("other", is_staff=True), now=NOON)
    for act in (lambda: decide(case, "remove", staff), lambda: decide(case, "dismiss-case", staff)):
        with pytest.raises(holding.HeldByAnother):
            act()
    assert decide(case, "remove", staff, seconds=900).closed_by == staff


def test_nobody_decides_about_themselves(case, sender, agent):
    for user in (sender, agent):
        user.is_staff = user.is_superuser = True
        user.save()
        for decision in ("remove", "dismiss-case"):
            with pytest.raises(Forbidden):
                decide(case, decision, user)
    assert Case.objects.open().exists() and not AuditEvent.objects.exists()


def test_stopping_a_drop_whose_verdict_waits_names_who_did(sender, agent, staff):
    drop = open_drop(sender)
    enter(drop, agent)
    decisions.judge_by_hand(drop=ring(drop), staff=staff, told="Ours.", reason="Ours.", now=after(400))
    case = decide(Case.objects.get(), "stop", staff, seconds=500)
    assert (case.outcome, case.closed_by, case.decision.action) == ("stop", staff, "stop")


def test_a_verdict_is_not_dismissed(sender, agent, staff):
    drop = open_drop(sender)
    enter(drop, agent)
    decisions.judge_by_hand(drop=ring(drop), staff=staff, told="Ours.", reason="Ours.", now=after(400))
    with pytest.raises(IllegalTransition):
        dismiss_case(case=Case.objects.get(), staff=staff, told=TOLD, reason=WHY, now=after(500))


def test_reported_feedback_is_hidden_by_its_case(sender, agent, staff):
    report = reported_feedback(sender, agent)
    decide(report.case, "hide-feedback", staff)
    report.refresh_from_db()
    assert report.feedback.hidden_at and report.handled_by == staff and not Case.objects.open().exists()


def test_every_kind_of_case_can_be_decided(case, agent):
    assert set(BY_KIND) == set(KINDS)
    entry = open_case(enter(case.drop, make_user("third")).submission, category=Category.ASKED, now=NOON)
    person = open_case(agent, category=Category.ASKED, now=NOON)
    assert decisions_for(person)[0][0].name == "dismiss-case"
    assert {type(row).__name__ for _, row in decisions_for(entry)} == {"Case", "Submission", "User"}
