"""Every act of the moderators, by three of them at once: one effect, one record. New verbs are in by themselves."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.models import AuditEvent, User
from tests.drops.admin.verb_cases import VERBS, WHY, asked_of, cases, verb_named
from tests.drops.moderation.test_two_texts import HEARD_BY, PUBLIC, SILENT
from tests.play import after, make_user
from tests.races.crowd import at_once, crashed

pytestmark = pytest.mark.usefixtures("ledger_db")
# Each who reads a sealed entry is on record.
READING = {"read", "read-panel", "read-appealed"}
# In an order in which each still fits, so that the rows for all of them are written once.
ACTS = [*sorted(SILENT - READING), *HEARD_BY, *PUBLIC]


def test_three_at_once_leave_one_record():
    rows = cases(*(make_user(who) for who in ("sender", "agent", "rival")))
    chiefs = [make_user(f"chief-{number}", is_staff=True, is_superuser=True) for number in range(3)]
    for acts_before, name in enumerate(ACTS):
        results = at_once([partial(verb_named(name).call, **seen) for seen in as_seen_by(chiefs, name, rows[name])])
        assert crashed(results) == [] and AuditEvent.objects.count() == acts_before + 1, (name, results)
    assert {*ACTS} == {*VERBS} - READING


def as_seen_by(chiefs, name, row):
    """Return for each of them what the verb is called with: rows of their own, as they stand."""
    asked = {"reason": WHY, "now": after(60), **asked_of(name, row)}
    return [
        {"staff": User.objects.get(pk=one.pk), verb_named(name).subject: type(row).objects.get(pk=row.pk), **asked}
        for one in chiefs
    ]
