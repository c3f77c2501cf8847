"""Moderators who act on one thing at the same moment: one of them does it, and one record is left."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.models import AuditEvent, User
from drops.models import Drop, Report, Submission
from drops.moderation import decisions, disqualifying, people
from tests.play import NOON, after, enter, make_user, open_drop, ring
from tests.races.crowd import at_once, crashed

pytestmark = pytest.mark.usefixtures("ledger_db")


def done_once(verb, subject, row, **asked):
    """Let three moderators do the same at once, each with the row as they saw it, and see one record left of it."""
    staff = [make_user(f"mo-{number}", is_staff=True) for number in range(3)]
    seen = [{"staff": User.objects.get(pk=one.pk), subject: type(row).objects.get(pk=row.pk)} for one in staff]
    results = at_once(
        [partial(verb, **each, told="At once.", reason="At once.", now=after(60), **asked) for each in seen]
    )
    assert crashed(results) == [] and AuditEvent.objects.count() == 1


def test_three_extend_and_the_bell_moves_once(ledger_db):
    drop = open_drop(make_user("sender"))
    done_once(decisions.extend_window, "drop", drop, seconds=60)
    assert Drop.objects.get().window_closes_at == after(360)


@pytest.mark.parametrize("verb", [decisions.remove_drop, decisions.stop_drop, decisions.judge_by_hand])
def test_three_take_one_drop_in_hand_and_one_does(ledger_db, verb, settings):
    settings.JUDGE = "sender"
    drop = open_drop(make_user("sender"))
    enter(drop, make_user("agent"))
    done_once(verb, "drop", drop if verb is decisions.remove_drop else ring(drop))


def test_three_disqualify_one_entry_and_one_does(ledger_db):
    drop = open_drop(make_user("sender"))
    enter(drop, make_user("agent"))
    done_once(disqualifying.disqualify_entry, "submission", Submission.objects.get())


@pytest.mark.parametrize("verb", [people.suspend_user, people.verify_sender, people.take_handle])
def test_three_act_on_one_person_and_one_does(ledger_db, verb):
    done_once(verb, "user", make_user("ann", handle="ann"))


def test_three_reinstate_one_person_and_one_does(ledger_db):
    done_once(people.reinstate_user, "user", make_user("ann", suspended_at=NOON, suspended_reason="Rude."))


def test_three_handle_one_report_and_one_does(ledger_db):
    drop, reporter = open_drop(make_user("sender")), make_user("reporter")
    report = Report.objects.create(drop=drop, reporter=reporter, reason="Fish.", created_at=NOON)
    done_once(decisions.handle_report, "report", report)
