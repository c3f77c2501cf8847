"""Nobody decides alone who can win a large sum, at whichever door an entry is taken out."""

from __future__ import annotations

from itertools import product

import pytest

from accounts.models import AuditEvent
from core.errors import Forbidden
from drops.contest.rules import IllegalTransition
from drops.desk.asking import ask_for_a_look
from drops.desk.deciding import decide_case
from drops.models import Submission
from drops.moderation.disqualifying import disqualify_entry
from tests.admin_site import confirm, logged_in, verb_url
from tests.play import after, enter, make_user, open_drop, ring
from wallet import approvals
from wallet.models import Approval

pytestmark = pytest.mark.django_db
TOLD, WHY = "It is copied.", "Word for word the other one."
AGENTS = ("ada", "bob", "cyd")


@pytest.fixture(autouse=True)
def four_eyes(settings):
    settings.FOUR_EYES_VERDICT_CENTS = 400


@pytest.fixture
def moderators(staff):
    return staff, make_user("other", is_staff=True)


def by_verb(entry, staff):
    disqualify_entry(submission=entry, staff=staff, told=TOLD, reason=WHY, now=after(410))


def by_admin(entry, staff):
    confirm(logged_in(staff), verb_url("disqualify", entry), reason=WHY, told=TOLD)


def by_case(entry, staff):
    case = ask_for_a_look(row=entry, staff=staff, reason=WHY, now=after(405))
    decide_case(case=case, decision="disqualify", staff=staff, told=TOLD, reason=WHY, now=after(410))


DOORS = {"verb": by_verb, "admin": by_admin, "case": by_case}


def entries_of(sender, status, number=3):
    drop = open_drop(sender)
    for name in AGENTS[:number]:
        enter(drop, make_user(name), f"Words of {name}")
    drop = ring(drop) if status == "ranking" else drop
    return list(drop.submissions.order_by("created_at", "pk"))


def approve(staff, seconds=420):
    return approvals.approve(approval=Approval.objects.get(), staff=staff, reason="I looked.", now=after(seconds))


@pytest.mark.parametrize("place", list(product(["open", "ranking"], [0, 1, 2])))
@pytest.mark.parametrize("door", DOORS)
def test_any_entry_waits_for_a_second_person_who_takes_it_out(door, place, sender, moderators, at):
    (status, number), (staff, other) = place, moderators
    entry = entries_of(sender, status)[number]
    at(after(60 if status == "open" else 410))
    DOORS[door](entry, staff)
    entry.refresh_from_db()
    asked = Approval.objects.get()
    assert entry.disqualified_at is None and asked.summary.startswith(f"Disqualify Seat {entry.claim.seat}'s entry")
    with pytest.raises(Forbidden):
        approve(staff)
    approve(other)
    entry.refresh_from_db()
    assert (entry.disqualified_at, entry.disqualified_reason) == (after(420), TOLD)
    assert AuditEvent.objects.get(action="disqualify").changes["asked_by"] == ["", staff.email]


@pytest.mark.parametrize("status", ["open", "ranking"])
def test_one_alone_never_leaves_fewer_entries_than_there_were(status, sender, staff):
    entries = entries_of(sender, status)
    for entry in entries:
        by_verb(entry, staff)
    assert entries[0].drop.submissions.standing().count() == 3 and Approval.objects.count() == 3


@pytest.mark.parametrize("door", DOORS)
def test_at_the_limit_one_is_enough(door, sender, staff, settings, at):
    settings.FOUR_EYES_VERDICT_CENTS = 500
    entry = entries_of(sender, "ranking")[0]
    at(after(410))
    DOORS[door](entry, staff)
    entry.refresh_from_db()
    assert entry.disqualified_at == after(410) and not Approval.objects.exists()


@pytest.mark.parametrize("is_last", [False, True])
def test_the_page_says_that_it_takes_two_and_what_becomes_of_the_money(is_last, sender, staff, at):
    entry = entries_of(sender, "ranking", 1 if is_last else 2)[0]
    at(after(410))
    page = logged_in(staff).get(verb_url("disqualify", entry), follow=True).content.decode()
    assert "Another person must approve it." in page and ("goes back to" in page) == is_last


def test_what_is_out_already_is_asked_for_of_nobody(sender, moderators):
    staff, other = moderators
    entry = entries_of(sender, "ranking")[0]
    stale = Submission.objects.get(pk=entry.pk)
    by_verb(entry, staff)
    approve(other)
    with pytest.raises(IllegalTransition):
        by_verb(stale, staff)
    assert Approval.objects.count() == 1
