"""Whoever moderates decides nothing about a contest that an account of theirs plays."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent
from core.errors import Forbidden
from drops.contest.links import note_evidence
from drops.contest.rules import NotYoursToJudge
from drops.judging import steps
from drops.moderation import decisions
from drops.moderation.disqualifying import disqualify_entry
from tests.play import NOON, after, enter, make_user, open_drop, ring, staff_as
from wallet import approvals
from wallet.models import Approval

pytestmark = pytest.mark.django_db
WORDS = {"told": "Copied.", "reason": "Copied."}


@pytest.fixture
def second(staff):
    """The moderator's second account: the same mailbox."""
    account = make_user("staff+second")
    for user in (staff, account):
        note_evidence(user, NOON)
    return account


@pytest.fixture
def drop(sender, second, rival):
    drop = open_drop(sender)
    for user in (second, rival):
        enter(drop, user, f"Words of {user.name}")
    return drop


def test_nobody_acts_on_the_rivals_of_their_second_account(drop, staff, rival):
    entry = drop.submissions.get(user=rival)
    with pytest.raises(Forbidden):
        disqualify_entry(submission=entry, staff=staff, now=after(60), **WORDS)
    with pytest.raises(Forbidden):
        decisions.read_entry(submission=entry, staff=staff, reason="Curious.", now=after(60))
    with pytest.raises(Forbidden):
        decisions.remove_drop(drop=drop, staff=staff, now=after(60), **WORDS)
    assert drop.submissions.standing().count() == 2 and not AuditEvent.objects.exists()


def test_nobody_judges_a_contest_of_their_second_account(drop, staff):
    mona = staff_as("moderator", "mona")
    judged = decisions.judge_by_hand(drop=ring(drop), staff=mona, now=after(400), **WORDS)
    with pytest.raises(NotYoursToJudge):
        steps.question_for(drop=judged, judge=staff, now=after(400))
    assert steps.question_for(drop=judged, judge=staff_as("judge"), now=after(400)) is not None


def test_nobody_ends_a_request_about_a_contest_of_their_second_account(drop, staff, settings):
    settings.FOUR_EYES_REFUND_CENTS = 400
    asked = decisions.remove_drop(drop=drop, staff=staff_as("moderator", "mona"), now=after(60), **WORDS)
    for decide in (approvals.approve, approvals.refuse):
        with pytest.raises(Forbidden):
            decide(approval=asked, staff=staff, reason="Mine.", now=after(70))
    assert Approval.objects.get().outcome == ""
