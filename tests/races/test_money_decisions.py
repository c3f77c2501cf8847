"""Every decision about money, by three of the staff at once: one effect, one record. New verbs are in by themselves."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, User
from core.errors import Refused
from tests.play import make_user
from tests.races.crowd import at_once, crashed
from tests.wallet.stripe_play import Play
from tests.wallet.test_decisions import held, stopped  # noqa: F401  (fixtures)
from tests.wallet.test_rights import WHY, rows, verbs  # noqa: F401  (a fixture)
from wallet.books import invariants

pytestmark = pytest.mark.usefixtures("ledger_db")


@pytest.fixture
def play(ledger_db, stripe_double):
    """By the real clock, which the verbs are given; whatever was decided, every invariant holds."""
    stripe_double.shelf.frozen_at = None
    yield Play(stripe_double, now=timezone.now())
    assert invariants.broken() == []


@pytest.mark.parametrize("key", sorted((name, model._meta.model_name) for name, model in verbs()))
def test_three_at_once_decide_once(key, rows, play):  # noqa: F811
    name, row = next((name, row) for name, row in rows if (name, row._meta.model_name) == key)
    verb, chiefs = verbs()[name, type(row)], [make_user(f"chief-{n}", is_staff=True, is_superuser=True) for n in "123"]
    told = {"told": "Our staff looked at it."} if verb.tells else {}
    asked = [
        {"staff": User.objects.get(pk=one.pk), verb.subject: type(row).objects.get(pk=row.pk), "reason": WHY, **told}
        for one in chiefs
    ]
    sent = len(play.double.shelf.all("transfer"))
    results = at_once([partial(verb.call, **each, now=play.now) for each in asked])
    assert crashed(results) == [] and AuditEvent.objects.count() == 1
    assert sum(isinstance(result, Refused) for result in results) == 2
    assert len(play.double.shelf.all("transfer")) - sent <= (name == "resume")
