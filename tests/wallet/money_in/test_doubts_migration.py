"""Doubt from when a payment knew its last doubt alone: what other rows remember of it stands again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.play import make_user
from wallet.models import Doubt

# A migration that has landed is not rewritten: what could break this comes seldom, and a night is early enough.
pytestmark = pytest.mark.nightly

BEFORE = [("wallet", "0014_evidence")]


def migrate(targets=None):
    """Return the models as they are then."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    executor = MigrationExecutor(connection)
    state = executor.migrate(targets or executor.loader.graph.leaf_nodes())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return state.apps


@pytest.mark.django_db
def test_a_dispute_and_a_warning_that_a_later_refund_hid_stand_again(now):
    user = make_user("sender").pk
    models = migrate(BEFORE)
    topups, disputes, warnings = (models.get_model("wallet", name) for name in ("Topup", "Dispute", "FraudWarning"))
    made = {}
    for name, taint in (("hidden", "refund"), ("lost", "dispute"), ("trusted", "")):
        dated = {"created_at": now, "tainted_at": now if taint else None}
        what = {"amount_cents": 500, "source": "checkout", "idempotency_key": name, "taint": taint}
        made[name] = topups.objects.create(user_id=user, **what, **dated).pk
        warnings.objects.create(pk=f"issfr_{name}", topup_id=made[name], noted_at=now)
    for name, status in (("hidden", "needs_response"), ("lost", "lost"), ("trusted", "won")):
        what = {"amount_cents": 500, "status": status, "is_open": status == "needs_response"}
        dated = {"opened_at": now - timedelta(days=1), "updated_at": now}
        disputes.objects.create(id=f"du_{name}", user_id=user, topup_id=made[name], **what, **dated)
    migrate()
    names = {pk: name for name, pk in made.items()}
    assert {(names[one.topup_id], one.kind, one.source) for one in Doubt.objects.standing()} == {
        ("hidden", "dispute", "du_hidden"),
        ("hidden", "fraud_warning", "issfr_hidden"),
        ("hidden", "refund", ""),
        ("lost", "dispute", "du_lost"),
    }
