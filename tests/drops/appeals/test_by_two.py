"""An appeal on a dear drop is upheld by two, and those who decided before answer none."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent
from drops.admin.timeline import timeline_of
from drops.appeals.independence import HasDecided
from drops.models import Appeal
from tests.drops.appeals.court import LATER, NOTE, VERDICT, appeal, dismiss, judge_named, ruling_for, uphold
from tests.play import after, enter, finished_drop, judge, open_drop, ring
from wallet import approvals
from wallet.books import invariants, ledger
from wallet.models import Approval

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop(sender, agent, rival, settings):
    settings.FOUR_EYES_VERDICT_CENTS = 400
    return finished_drop(sender, agent, rival)


@pytest.fixture
def asked(drop, rival, staff):
    return uphold(appeal(drop, rival), staff, ruling_for(drop, rival, agent="F"))


def approve(approval, staff, now=LATER):
    return approvals.approve(approval=approval, staff=staff, reason=NOTE, now=now)


def test_a_verdict_above_the_limit_is_changed_once_another_has_approved_it(asked, drop, agent, rival, staff):
    assert isinstance(asked, Approval) and Appeal.objects.open().exists() and ledger.balance_cents(agent) == 500
    approve(asked, other := judge_named("other"))
    drop.refresh_from_db()
    assert (drop.winning_submission.user, drop.rationale) == (rival, VERDICT)
    assert (ledger.balance_cents(agent), ledger.balance_cents(rival)) == (0, 500) and invariants.broken() == []
    event = AuditEvent.objects.get(action="uphold-appeal")
    assert (event.actor, event.changes["asked_by"]) == (other, ["", staff.email])
    assert Appeal.objects.get().decided_by == other


def test_nobody_approves_what_they_asked_for_and_nothing_else_is_answered_meanwhile(asked, staff):
    with pytest.raises(approvals.Forbidden):
        approve(asked, staff)
    with pytest.raises(approvals.AskedAlready):
        dismiss(Appeal.objects.get(), judge_named("other"))
    assert Appeal.objects.open().exists()


def test_what_was_asked_about_another_verdict_is_not_done(asked, drop, sender, settings):
    settings.FOUR_EYES_VERDICT_CENTS = 1_000
    uphold(appeal(drop, sender), judge_named("other"), ruling_for(drop, None, agent="F", rival="F"))
    with pytest.raises(approvals.ApprovalOver):
        approve(asked, judge_named("third"))
    assert Appeal.objects.open().get().user.name == "Rival" and ledger.balance_cents(sender) == 500


def test_whoever_asked_for_a_verdict_that_came_to_pass_answers_no_other_appeal(asked, drop, sender, staff):
    approve(asked, judge_named("other"))
    with pytest.raises(HasDecided):
        dismiss(appeal(drop, sender), staff)


def test_whoever_refused_a_verdict_answers_no_appeal_on_the_next(sender, agent, rival, staff, settings):
    settings.JUDGE, settings.FOUR_EYES_VERDICT_CENTS = "staff", 400
    drop = open_drop(sender)
    for user in (agent, rival):
        enter(drop, user, f"Words of {user.name}")
    drop = judge(ring(drop), staff, favourite=agent, now=after(400))
    picky = judge_named("picky")
    approvals.refuse(approval=Approval.objects.get(), staff=picky, reason="No.", now=after(410))
    settings.FOUR_EYES_VERDICT_CENTS = 1_000
    judge(drop, staff, favourite=agent, now=after(420))
    with pytest.raises(HasDecided):
        dismiss(appeal(drop, rival), picky)


def test_the_timeline_of_a_drop_tells_of_its_appeals(drop, rival, staff, settings):
    settings.FOUR_EYES_VERDICT_CENTS = 1_000
    made = dismiss(appeal(drop, rival), staff)
    assert any(f"dismiss-appeal appeal:{made.pk}" in event.text for event in timeline_of(drop, staff))
