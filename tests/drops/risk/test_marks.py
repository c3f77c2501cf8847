"""A mark is put once, waits in a case, and is decided by a person: what was dismissed is never marked again."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent
from core.errors import Forbidden
from drops.contest.rules import IllegalTransition
from drops.desk.deciding import decide_case
from drops.desk.dismissing import dismiss_case, uphold_case
from drops.desk.holding import HeldByAnother, take_case
from drops.models import Case, RiskMark
from drops.models.risk import MarkState, RiskKind
from drops.moderation import decisions
from drops.risk.marks import MarkDecided, dismiss_mark, uphold_mark
from drops.risk.measuring import figures_of_marks
from tests.drops.risk.looked import mark_on, states
from tests.play import NOON, after, make_user, open_drop, staff_as

pytestmark = pytest.mark.django_db
WHY = "A sample from a manual."


def decide(verb, mark, staff, seconds=60):
    return verb(mark=mark, staff=staff, reason=WHY, now=after(seconds))


def test_a_mark_opens_a_case_and_the_next_one_joins_it(sender):
    drop = open_drop(sender)
    first, second = mark_on(drop, sender), mark_on(drop, sender, key="other")
    case = Case.objects.get()
    assert first.case == second.case == case
    assert (case.category, case.drop, case.money_cents, case.due_at) == ("risk", drop, 500, after(24 * 3600))


def test_the_same_evidence_is_marked_once(sender):
    drop = open_drop(sender)
    assert mark_on(drop, sender) == mark_on(drop, sender, now=after(9))
    assert RiskMark.objects.count() == 1


@pytest.mark.parametrize("kind", [RiskKind.FIRST, RiskKind.JUDGE])
def test_what_is_no_suspicion_of_anybody_opens_no_case(sender, kind):
    target = "model-a" if kind == RiskKind.JUDGE else open_drop(sender)
    assert mark_on(target, kind=kind, cents=500, age_seconds=9).case is None and not Case.objects.exists()


def test_dismissing_the_case_dismisses_its_marks_for_good_wherever_they_come_up(sender, staff):
    drop = open_drop(sender)
    case = mark_on(drop, sender).case
    dismiss_case(case=case, staff=staff, told="", reason=WHY, now=after(60))
    assert states() == [MarkState.DISMISSED]
    mark_on(drop, sender, now=after(90))
    mark_on(open_drop(sender), sender, now=after(90))
    assert states() == [MarkState.DISMISSED] and not Case.objects.open().exists()


def test_what_was_dismissed_of_somebody_is_still_marked_of_another(sender, rival, staff):
    decide(dismiss_mark, mark_on(open_drop(sender), sender), staff)
    mark_on(open_drop(rival), rival, now=after(90))
    assert states() == [MarkState.DISMISSED, MarkState.OPEN]


def test_acting_on_the_case_upholds_its_marks_with_one_record(sender, staff):
    case = mark_on(open_drop(sender), sender).case
    decide_case(case=case, decision="remove", staff=staff, told="Keys.", reason=WHY, now=after(60))
    mark = RiskMark.objects.get()
    assert (mark.state, mark.decided_by, mark.decided_at) == (MarkState.UPHELD, staff, after(60))
    assert AuditEvent.objects.get().action == "remove"


def test_marks_are_upheld_with_nothing_else_done(sender, staff):
    case = mark_on(open_drop(sender), sender).case
    decide_case(case=case, decision="uphold-case", staff=staff, told="", reason=WHY, now=after(60))
    case.refresh_from_db()
    assert (case.outcome, case.closed_by, case.decision.action) == ("uphold-case", staff, "uphold-case")
    assert states() == [MarkState.UPHELD] and AuditEvent.objects.count() == 1
    assert not sender.notifications.exclude(kind="drop-opened").exists()


def test_a_case_in_which_somebody_waits_for_an_answer_is_not_just_upheld(sender, rival, staff):
    drop = open_drop(sender)
    case = mark_on(drop, sender).case
    decisions.report_drop(drop=drop, reporter=rival, reason="Keys.", now=NOON)
    with pytest.raises(IllegalTransition):
        uphold_case(case=case, staff=staff, reason=WHY, now=after(60))
    assert states() == [MarkState.OPEN] and not AuditEvent.objects.exists()


@pytest.mark.parametrize("verb", [dismiss_mark, uphold_mark])
def test_the_last_mark_that_is_decided_closes_the_case(verb, sender, staff):
    drop = open_drop(sender)
    first, second = mark_on(drop, sender), mark_on(drop, sender, key="other")
    decide(verb, first, staff)
    assert Case.objects.open().exists()
    decide(verb, second, staff)
    case = Case.objects.get()
    assert (case.closed_by, case.decision.target) == (staff, f"riskmark:{second.pk}")


def test_a_handled_report_leaves_a_case_open_whose_marks_wait(sender, rival, staff):
    drop = open_drop(sender)
    mark_on(drop, sender)
    report = decisions.report_drop(drop=drop, reporter=rival, reason="Keys.", now=NOON)
    decisions.handle_report(report=report, staff=staff, told="Thanks.", reason=WHY, now=after(60))
    assert Case.objects.open().get().drop == drop


def test_a_mark_is_decided_once_and_not_while_another_has_its_case(sender, staff):
    mark = mark_on(open_drop(sender), sender)
    take_case(case=mark.case, staff=make_user("other", is_staff=True), now=NOON)
    with pytest.raises(HeldByAnother):
        decide(dismiss_mark, mark, staff)
    decide(dismiss_mark, mark, staff, seconds=901)
    with pytest.raises(MarkDecided):
        decide(uphold_mark, mark, staff, seconds=902)
    assert states() == [MarkState.DISMISSED]


def test_nobody_decides_or_sees_a_mark_that_concerns_them(sender, agent):
    winner = staff_as("moderator", "winner")
    mark = mark_on(sender, sender, winner, kind=RiskKind.RING)
    with pytest.raises(Forbidden):
        decide(dismiss_mark, mark, winner)
    with pytest.raises(Forbidden):
        dismiss_case(case=mark.case, staff=winner, told="", reason=WHY, now=after(60))
    assert not Case.objects.not_about({winner.pk}).exists() and Case.objects.not_about({agent.pk}).exists()


def test_dismissals_are_measured(sender, staff):
    for number in range(4):
        decide(dismiss_mark if number else uphold_mark, mark_on(open_drop(sender), sender, key=str(number)), staff)
    mark_on(open_drop(sender), sender, key="waits")
    figures = {row.kind: row for row in figures_of_marks(after(90))}
    prompt = figures[RiskKind.PROMPT]
    assert (prompt.open, prompt.dismissed, prompt.upheld, prompt.dismissed_share) == (1, 3, 1, 0.75)
    assert figures[RiskKind.COPY].dismissed_in_words == "-"


@pytest.mark.parametrize("about", [{}, {"drop": True, "person": True}, {"person": True, "judge": "model-a"}])
def test_the_database_holds_a_mark_to_one_thing(sender, about):
    rows = {"drop": open_drop(sender), "person": sender, "judge": "model-a"}
    facts = {"kind": "prompt", "key": "k", "score": 0.5, "created_at": NOON}
    with pytest.raises(IntegrityError, match="risk_mark_about_one_thing"), transaction.atomic():
        RiskMark.objects.create(**facts, **{name: rows[name] for name in about})
