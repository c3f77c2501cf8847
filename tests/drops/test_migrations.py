"""Migrations of this room: what keeps nobody waiting, and what has no way back."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import connection, migrations, models
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.loader import MigrationLoader

from drops.judging import by_hand, steps
from drops.moderation import decisions
from tests.drops.admin.verb_cases import reported_feedback
from tests.play import NOON, enter, open_drop, ring

feedback = import_module("drops.migrations.0023_feedback")
# Those before it have landed as they are.
FIRST = "0014"
RECENT = {
    name: migration
    for (app, name), migration in sorted(MigrationLoader(None).disk_migrations.items())
    if app == "drops" and name >= FIRST
}


@pytest.mark.parametrize("migration", RECENT.values(), ids=RECENT)
def test_old_rows_are_never_checked_while_nobody_can_write(migration):
    made = {one.name_lower for one in migration.operations if isinstance(one, migrations.CreateModel)}
    for one in migration.operations:
        if isinstance(one, migrations.AddConstraint) and isinstance(one.constraint, models.CheckConstraint):
            assert one.model_name_lower in made or isinstance(one, AddConstraintNotValid), one.constraint.name


def test_each_constraint_is_checked_in_the_end():
    later = [one for migration in RECENT.values() for one in migration.operations]
    unchecked = {one.constraint.name for one in later if isinstance(one, AddConstraintNotValid)}
    assert unchecked == {one.name for one in later if isinstance(one, ValidateConstraint)}


@pytest.mark.django_db
def test_going_back_is_refused_while_an_answer_is_taken_back(sender, agent, rival):
    drop = open_drop(sender)
    for user in (agent, rival):
        enter(drop, user)
    drop = ring(drop)
    feedback.refuse_to_go_back(apps, connection)
    asked = steps.question_for(drop=drop, judge=sender, now=NOON).question
    pick = steps.Pick(left=asked.left, right=asked.right, pick="left")
    drop = steps.answer_question(drop=drop, judge=sender, pick=pick, now=NOON)
    last = by_hand.last_answer(drop).pk
    by_hand.take_back_answer(drop=drop, judge=sender, answer_id=last, now=NOON)
    with pytest.raises(IrreversibleError, match="taken back"):
        feedback.refuse_to_go_back(apps, connection)


@pytest.mark.django_db
def test_going_back_is_refused_while_somebody_has_two_open_reports_on_a_drop(sender, agent):
    report = reported_feedback(sender, agent)
    feedback.refuse_to_go_back(apps, connection)
    decisions.report_drop(drop=report.drop, reporter=agent, reason="Damp.", now=NOON)
    with pytest.raises(IrreversibleError, match="two open reports"):
        feedback.refuse_to_go_back(apps, connection)
