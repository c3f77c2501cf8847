"""Taking cases, keeping them, giving them back; and never one about oneself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AuditEvent
from core.errors import Forbidden, Invalid
from drops.desk import holding
from drops.desk.cases import open_case
from drops.desk.dismissing import dismiss_case
from drops.models import Case, Report
from drops.models.case import Category
from drops.moderation import decisions
from drops.moderation.acts import AlreadyDone
from tests.drops.admin.verb_cases import reported_feedback
from tests.play import NOON, after, claim, enter, make_user, open_drop, ring, staff_as
from tests.wallet.rows import topup

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(sender, agent):
    return decisions.report_drop(drop=open_drop(sender), reporter=agent, reason="It smells.", now=NOON).case


@pytest.fixture
def other(db):
    return make_user("other", is_staff=True)


def about(row, *, severity=2, now=NOON):
    case = open_case(row, category=Category.ASKED, now=now)
    Case.objects.filter(pk=case.pk).update(severity=severity)
    return case


def test_the_next_case_is_the_one_due_first_that_nobody_holds(case, staff, other, rival):
    later = about(rival, now=after(60))
    assert holding.take_next(staff=staff, now=after(1)) == case
    assert holding.take_next(staff=other, now=after(1)) == later
    with pytest.raises(holding.NothingToTake):
        holding.take_next(staff=other, now=after(2))
    assert AuditEvent.objects.filter(action="take-case").count() == 2


def test_a_case_is_held_for_a_quarter_of_an_hour(case, staff, other):
    held = holding.take_case(case=case, staff=staff, now=NOON)
    assert held.lease_until == NOON + timedelta(minutes=15)
    with pytest.raises(holding.HeldByAnother) as refusal:
        holding.take_case(case=case, staff=other, now=after(899))
    assert refusal.value.retry_at == held.lease_until
    assert holding.take_case(case=case, staff=other, now=after(900)).assignee == other


def test_working_on_it_keeps_it(case, staff, other):
    holding.take_case(case=case, staff=staff, now=NOON)
    assert holding.renew_lease(case=case, staff=staff, now=after(600))
    assert not holding.renew_lease(case=case, staff=other, now=after(600))
    case.refresh_from_db()
    assert case.lease_until == after(1500)
    assert not holding.renew_lease(case=case, staff=staff, now=after(1501))


def test_a_case_that_is_given_back_is_there_for_others(case, staff, other):
    holding.take_case(case=case, staff=staff, now=NOON)
    with pytest.raises(AlreadyDone):
        holding.give_back(case=case, staff=other, now=after(1))
    holding.give_back(case=case, staff=staff, now=after(1))
    assert holding.take_next(staff=other, now=after(2)) == case


def test_nobody_is_given_a_case_about_themselves(sender, agent, rival, case):
    claim(case.drop, rival)
    for user in (sender, agent, rival):
        user.is_staff = user.is_superuser = True
        user.save()
        with pytest.raises(holding.NothingToTake):
            holding.take_next(staff=user, now=after(1))
        with pytest.raises(Forbidden):
            holding.take_case(case=case, staff=user, now=after(1))


def test_nobody_is_given_feedback_they_wrote_or_themselves(sender, agent, staff):
    reported_feedback(sender, agent)
    about(staff)
    sender.is_staff = sender.is_superuser = True
    sender.save()
    assert holding.take_next(staff=sender, now=after(1)).person == staff
    assert holding.take_next(staff=staff, now=after(1)).submission.user == agent


def test_notes_are_kept_in_order_and_once(case, staff, other):
    for by, text in ((staff, "Looks fine."), (other, "I am not sure."), (other, "I am not sure.")):
        holding.note_on_case(case=case, staff=by, reason=text, now=after(1))
    assert [(event.actor, event.reason) for event in holding.history_of(case)] == [
        (staff, "Looks fine."),
        (other, "I am not sure."),
    ]


def test_a_case_is_assigned_for_a_shift_and_to_somebody_who_may(case, staff, other, agent, sender):
    asked = {"case": case, "staff": staff, "reason": "Yours.", "now": NOON}
    for nobody in ("nobody@example.com", agent.email):
        with pytest.raises(Invalid):
            holding.assign_case(to=nobody, **asked)
    sender.is_staff = sender.is_superuser = True
    sender.save()
    with pytest.raises(Invalid, match="about them"):
        holding.assign_case(to=sender.email, **asked)
    assert not AuditEvent.objects.exists()
    assert holding.assign_case(to=other.email, **asked).lease_until == NOON + timedelta(hours=8)


def test_players_take_nothing(case, rival):
    for act in (holding.take_case, holding.give_back):
        with pytest.raises(Forbidden):
            act(case=case, staff=rival, now=NOON)
    with pytest.raises(Forbidden):
        holding.take_next(staff=rival, now=NOON)
    with pytest.raises(Forbidden):
        holding.note_on_case(case=case, staff=rival, reason="Mine.", now=NOON)
    assert not AuditEvent.objects.exists()


def test_an_entry_s_case_is_never_its_author_s_or_its_sender_s(sender, agent):
    case = about(enter(open_drop(sender), agent).submission)
    for user in (sender, agent):
        assert not Case.objects.not_about({user.pk}).filter(pk=case.pk).exists()
    assert not Report.objects.exists()


@pytest.fixture
def verdict(sender, agent, staff):
    """A drop that waits for a verdict of staff."""
    drop = open_drop(sender)
    enter(drop, agent)
    decisions.judge_by_hand(drop=ring(drop), staff=staff, told="Ours.", reason="Ours.", now=after(400))
    return Case.objects.get(verdict=drop)


def test_each_role_is_handed_the_cases_that_it_may_decide(verdict, rival):
    reported = about(make_user("rude"), now=after(390))
    money = open_case(topup(rival, NOON), category=Category.TOPUP, now=after(395))
    for role, waiting in (("judge", verdict), ("finance", money), ("moderator", reported)):
        someone = staff_as(role)
        assert holding.take_next(staff=someone, now=after(500)) == waiting
        if role != "moderator":
            with pytest.raises(holding.NothingToTake):
                holding.take_next(staff=someone, now=after(500))


def test_nobody_takes_or_is_given_a_case_that_they_may_not_decide(case, staff):
    fin = staff_as("finance")
    with pytest.raises(Forbidden):
        holding.take_case(case=case, staff=fin, now=after(1))
    with pytest.raises(Invalid, match="may decide"):
        holding.assign_case(case=case, to=fin.email, staff=staff, reason="Yours.", now=after(1))
    with pytest.raises(Forbidden):
        dismiss_case(case=case, staff=fin, told="No.", reason="No.", now=after(1))
    with pytest.raises(Forbidden):
        holding.assign_case(case=case, to=staff.email, staff=fin, reason="Yours.", now=after(1))
    case.refresh_from_db()
    assert case.assignee is None and case.is_open


def test_a_report_is_not_handled_under_the_hands_of_whoever_holds_its_case(case, staff, other):
    holding.take_case(case=case, staff=other, now=NOON)
    words = {"report": Report.objects.get(), "told": "Thanks.", "reason": "Fine."}
    with pytest.raises(holding.HeldByAnother):
        decisions.handle_report(**words, staff=staff, now=after(60))
    assert Report.objects.filter(handled_at=None).exists()
    decisions.handle_report(**words, staff=other, now=after(61))
    case.refresh_from_db()
    assert (case.outcome, case.closed_by) == ("handle", other)
