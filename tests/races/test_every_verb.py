"""Every act of the moderators, by three of them at once: one effect, one record. New verbs are in by themselves."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.models import AuditEvent, User
from tests.drops.admin.verb_cases import VERBS, WHY, asked_of, cases, verb_named
from tests.play import after, make_user
from tests.races.crowd import at_once, crashed

pytestmark = pytest.mark.usefixtures("ledger_db")
# Each who reads a sealed entry is on record.
ACTS = [name for name in VERBS if name not in {"read", "read-panel", "read-appealed"}]


@pytest.mark.parametrize("name", ACTS)
def test_three_at_once_leave_one_record(name, ledger_db):
    verb, row = verb_named(name), cases(*(make_user(who) for who in ("sender", "agent", "rival")))[name]
    chiefs = [make_user(f"chief-{number}", is_staff=True, is_superuser=True) for number in range(3)]
    asked = {"reason": WHY, "now": after(60), **asked_of(name, row)}
    seen = [
        {"staff": User.objects.get(pk=one.pk), verb.subject: type(row).objects.get(pk=row.pk), **asked}
        for one in chiefs
    ]
    results = at_once([partial(verb.call, **each) for each in seen])
    assert crashed(results) == [] and AuditEvent.objects.count() == 1
