"""A decision that takes two leaves its case open until the second person has approved it."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent
from core.errors import Forbidden
from drops.desk import holding
from drops.desk.asking import ask_for_a_look
from drops.desk.deciding import decide_case
from drops.desk.dismissing import dismiss_case
from drops.models import Case
from drops.moderation import decisions
from drops.moderation.disqualifying import disqualify_entry
from tests.admin_site import change_url, logged_in
from tests.play import NOON, after, enter, make_user, open_drop, ring
from wallet import approvals
from wallet.books import ledger
from wallet.models import Approval

pytestmark = pytest.mark.django_db
TOLD, WHY = "It names a person.", "Names the neighbour."


@pytest.fixture(autouse=True)
def four_eyes(settings):
    settings.FOUR_EYES_REFUND_CENTS = 400


@pytest.fixture
def other(db):
    return make_user("other", is_staff=True)


@pytest.fixture
def case(sender, agent):
    return decisions.report_drop(drop=open_drop(sender), reporter=agent, reason="It names me.", now=NOON).case


def decide(case, decision, staff, *, seconds=60):
    return decide_case(case=case, decision=decision, staff=staff, told=TOLD, reason=WHY, now=after(seconds))


def approve(staff, *, seconds=120):
    return approvals.approve(approval=Approval.objects.get(), staff=staff, reason="I looked too.", now=after(seconds))


def heard(user):
    return list(user.notifications.filter(kind="report-handled").values_list("text", flat=True))


def test_a_case_stays_open_while_its_act_waits_for_a_second_person(case, staff, agent):
    assert decide(case, "remove", staff).is_open
    case.refresh_from_db()
    assert case.is_open and not heard(agent) and case.reports.filter(handled_at=None).count() == 1


def test_the_second_person_closes_the_case_with_the_act(case, staff, other, agent, sender):
    decide(case, "remove", staff)
    approve(other)
    case.refresh_from_db()
    event = AuditEvent.objects.get(action="remove")
    assert (case.outcome, case.closed_by, case.decision, case.closed_at) == ("remove", other, event, after(120))
    assert len(heard(agent)) == 1 and ledger.balance_cents(sender) == 500


def test_nothing_else_is_decided_while_a_case_waits(case, staff, other):
    decide(case, "remove", staff)
    report = case.reports.get()
    words = {"told": TOLD, "reason": WHY, "now": after(90)}
    for act in (
        lambda: decide(case, "suspend", staff, seconds=90),
        lambda: dismiss_case(case=case, staff=staff, **words),
        lambda: decisions.handle_report(report=report, staff=staff, **words),
    ):
        with pytest.raises(approvals.AskedAlready):
            act()
    approvals.refuse(approval=Approval.objects.get(), staff=other, reason="Not that bad.", now=after(95))
    assert dismiss_case(case=case, staff=staff, **{**words, "now": after(99)}).closed_by == staff


def test_whoever_asked_is_not_handed_the_case_again(case, staff, other):
    decide(case, "remove", staff)
    with pytest.raises(holding.NothingToTake):
        holding.take_next(staff=staff, now=after(90))
    assert holding.take_next(staff=other, now=after(90)) == case


def test_whoever_reported_a_drop_neither_approves_nor_refuses_what_was_asked_for_from_its_case(case, staff, other):
    reporter = make_user("reporter", is_staff=True)
    decisions.report_drop(drop=case.drop, reporter=reporter, reason="It names me.", now=after(30))
    decide(case, "remove", staff)
    with pytest.raises(Forbidden, match="about you"):
        approve(reporter)
    with pytest.raises(Forbidden, match="about you"):
        approvals.refuse(approval=Approval.objects.get(), staff=reporter, reason="No.", now=after(120))
    case.refresh_from_db()
    assert case.is_open and case.drop.is_open
    approve(other)
    case.refresh_from_db()
    assert case.closed_by == other


def test_stopping_a_drop_whose_verdict_waits_names_the_second_person(sender, agent, staff, other):
    drop = open_drop(sender)
    enter(drop, agent)
    decisions.judge_by_hand(drop=ring(drop), staff=staff, told="Ours.", reason="Ours.", now=after(400))
    assert decide(Case.objects.get(), "stop", staff, seconds=500).is_open
    approve(other, seconds=510)
    case = Case.objects.get()
    assert (case.outcome, case.closed_by, case.decision.action) == ("stop", other, "stop")


def test_the_page_of_a_case_says_what_waits_and_offers_nothing_else(case, staff, other, at):
    at(after(90))
    decide(case, "remove", staff)
    page = logged_in(other).get(change_url(case))
    assert change_url(Approval.objects.get()) in page.content.decode() and page.context["page"].options == []


def test_the_last_entry_is_disqualified_by_two_and_closes_its_case(sender, agent, staff, other):
    drop = open_drop(sender)
    enter(drop, agent)
    case = ask_for_a_look(row=ring(drop).submissions.get(), staff=staff, reason=WHY, now=after(400))
    assert decide(case, "disqualify", staff, seconds=410).is_open
    assert ledger.escrow_cents(drop.reference) == 500 and drop.submissions.standing().exists()
    approve(other, seconds=420)
    drop.refresh_from_db()
    case.refresh_from_db()
    assert drop.outcome_reason == "no_passing_entry" and ledger.balance_cents(sender) == 500
    assert (case.outcome, case.closed_by) == ("disqualify", other)


def test_the_last_entry_of_an_open_drop_takes_two_as_well(sender, agent, rival, staff):
    drop, words = open_drop(sender), {"staff": staff, "told": TOLD, "reason": WHY, "now": after(60)}
    for user in (agent, rival):
        enter(drop, user, f"Words of {user.name}")
    first, last = drop.submissions.order_by("created_at", "pk")
    assert disqualify_entry(submission=first, **words) == first
    assert isinstance(disqualify_entry(submission=last, **words), Approval)
    assert drop.submissions.standing().get() == last


def test_below_the_limit_one_disqualifies_the_last_entry(sender, agent, staff, settings):
    settings.FOUR_EYES_REFUND_CENTS = 500
    drop = open_drop(sender)
    enter(drop, agent)
    entry = ring(drop).submissions.get()
    assert disqualify_entry(submission=entry, staff=staff, told=TOLD, reason=WHY, now=after(400)) == entry
    assert ledger.balance_cents(sender) == 500
