"""Moderators who act on one thing at the same moment: one of them does it, and one record is left."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.models import AuditEvent, User
from core.errors import Refused
from drops.models import Drop, Report, Submission
from drops.moderation import decisions, people
from tests.play import NOON, after, enter, make_user, open_drop, ring
from tests.races.crowd import at_once

pytestmark = pytest.mark.usefixtures("ledger_db")


def done_once(verb, row, **asked):
    """Let three moderators do the same at once, each with the row as they saw it; return the one record."""
    staff = [make_user(f"mo-{number}", is_staff=True) for number in range(3)]
    name, seen = asked.pop("subject"), [type(row).objects.get(pk=row.pk) for _ in staff]
    acts = [
        partial(verb, **{name: each}, staff=User.objects.get(pk=one.pk), reason="At once.", now=after(60), **asked)
        for one, each in zip(staff, seen, strict=True)
    ]
    results = at_once(acts)
    assert not [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]
    return AuditEvent.objects.get()


def test_three_extend_and_the_bell_moves_once(ledger_db):
    drop = open_drop(make_user("sender"))
    done_once(decisions.extend_window, drop, subject="drop", seconds=60)
    assert Drop.objects.get().window_closes_at == after(360)


@pytest.mark.parametrize("verb", [decisions.remove_drop, decisions.stop_drop, decisions.judge_by_hand])
def test_three_take_one_drop_in_hand_and_one_does(ledger_db, verb, settings):
    settings.JUDGE = "sender"
    drop = open_drop(make_user("sender"))
    enter(drop, make_user("agent"))
    done_once(verb, drop if verb is decisions.remove_drop else ring(drop), subject="drop")


def test_three_disqualify_one_entry_and_one_does(ledger_db):
    drop = open_drop(make_user("sender"))
    enter(drop, make_user("agent"))
    done_once(decisions.disqualify_entry, Submission.objects.get(), subject="submission")


@pytest.mark.parametrize("verb", [people.suspend_user, people.verify_sender, people.take_handle])
def test_three_act_on_one_person_and_one_does(ledger_db, verb):
    done_once(verb, make_user("ann", handle="ann"), subject="user")


def test_three_reinstate_one_person_and_one_does(ledger_db):
    done_once(people.reinstate_user, make_user("ann", suspended_at=NOON, suspended_reason="Rude."), subject="user")


def test_three_handle_one_report_and_one_does(ledger_db):
    drop, reporter = open_drop(make_user("sender")), make_user("reporter")
    report = Report.objects.create(drop=drop, reporter=reporter, reason="Fish.", created_at=NOON)
    done_once(decisions.handle_report, report, subject="report")
