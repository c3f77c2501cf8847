"""All that waited for a moderator before there were cases has one after the migration, as if opened then."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection

from drops.models import Case, Report
from drops.moderation import decisions
from tests.drops.admin.verb_cases import reported_feedback
from tests.play import NOON, after, enter, make_user, open_drop, ring
from tests.wallet.rows import topup
from wallet.models import HeldPayout, Withdrawal

pytestmark = pytest.mark.django_db
migration = import_module("drops.migrations.0031_cases_opened")
# What a case is about, and how grave: all but its number.
FACTS = ("drop", "verdict", "submission", "category", "severity", "money_cents", "due_at", "opened_at")


@pytest.fixture
def waiting(sender, agent, rival, staff):
    """Reports of two drops, of feedback, and a verdict; one report is handled."""
    report = reported_feedback(sender, agent)
    judged, dear = open_drop(sender), open_drop(sender, price_cents=15_000)
    enter(judged, agent)
    decisions.judge_by_hand(drop=ring(judged), staff=staff, told="Ours.", reason="Ours.", now=judged.window_closes_at)
    for name in ("ann", "ben", "cleo"):
        decisions.report_drop(drop=dear, reporter=make_user(name), reason="Damp.", now=NOON)
    old = decisions.report_drop(drop=judged, reporter=rival, reason="Damp.", now=NOON)
    decisions.handle_report(report=old, staff=staff, told="Fine.", reason="Fine.", now=after(60))
    return [report, *dear.reports.all()]


def migrate():
    with connection.cursor() as cursor:
        cursor.execute(migration.OPEN)
        cursor.execute(migration.JOIN)


def forget_cases():
    Report.objects.update(case=None)
    Case.objects.all().delete()


def test_it_opens_what_the_verbs_would_have_opened(waiting):
    before = set(Case.objects.open().values_list(*FACTS))
    cases = {report.pk: report.case.kind for report in waiting}
    forget_cases()
    migrate()
    # Three reports at once make a case due sooner from the third on; they came at the same time here.
    assert set(Case.objects.values_list(*FACTS)) == before
    assert {one.pk: one.case.kind for one in Report.objects.filter(case__isnull=False)} == cases


def test_it_opens_each_once_however_often_it_runs(waiting):
    migrate()
    assert Case.objects.open().count() == 3
    forget_cases()
    migrate()
    migrate()
    assert Case.objects.open().count() == 3


def test_money_that_waits_has_its_case(sender, agent):
    held = topup(sender, NOON, status="quarantined", error_code="x")
    topup(sender, NOON)
    row = Withdrawal.objects.create(user=agent, amount_cents=20_000, idempotency_key="w", created_at=NOON)
    about = {"reference": "r", "payer": sender, "payee": agent, "amount_cents": 700, "opened_at": NOON}
    prize = HeldPayout.objects.create(**about, is_linked=True, was_paid=False)
    migrate()
    facts = Case.objects.values_list("category", "topup", "withdrawal", "payout", "severity", "money_cents")
    assert set(facts) == {
        ("topup", held.pk, None, None, 3, 1_000),
        ("withdrawal", None, row.pk, None, 4, 20_000),
        ("payout", None, None, prize.pk, 3, 700),
    }
    assert set(Case.objects.values_list("due_at", flat=True)) == {after(3600), after(4 * 3600)}
