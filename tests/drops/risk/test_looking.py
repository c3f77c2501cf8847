"""The rules come round: a drop is looked at once at each stage, a little behind the clock, whatever one rule does."""

from __future__ import annotations

import pytest

from drops import tasks
from drops.models import RiskCursor, RiskMark
from drops.models.risk import RiskKind, Stage
from drops.risk import looking
from drops.risk.looking import BEHIND, look_at_next, next_drops
from tests.drops.risk.looked import LATER, marks
from tests.play import NOON, after, finished_drop, make_user, open_drop, post_drop

pytestmark = pytest.mark.django_db
SECRET = "Use ghp_" + "a1B2" * 9 + " to push."


def test_a_drop_is_looked_at_once_half_a_minute_after_it_was_paid_for(sender):
    drop = open_drop(sender)
    assert next_drops(Stage.PAID, NOON + BEHIND / 2) == []
    assert next_drops(Stage.PAID, NOON + BEHIND) == [drop]
    assert look_at_next(stage=Stage.PAID, now=LATER) == 1
    assert look_at_next(stage=Stage.PAID, now=LATER) == 0


def test_drops_of_one_moment_come_in_batches_and_none_is_missed(sender, monkeypatch):
    monkeypatch.setattr(looking, "ROWS_MAX", 2)
    drops = {open_drop(sender).pk for _ in range(5)}
    post_drop(sender)
    seen = []
    while some := next_drops(Stage.PAID, LATER):
        seen += [drop.pk for drop in some]
        look_at_next(stage=Stage.PAID, now=LATER)
    assert len(seen) == 5 and set(seen) == drops


def test_one_that_a_rule_cant_read_stops_neither_the_other_rules_nor_the_next_drops(sender, monkeypatch, caplog):
    drops = [open_drop(sender, prompt=SECRET), open_drop(sender, prompt=f"{SECRET} Again.")]

    def stumble(drop, now):
        raise ValueError("odd")

    monkeypatch.setitem(looking.RULES, Stage.PAID, (stumble, *looking.RULES[Stage.PAID]))
    look_at_next(stage=Stage.PAID, now=LATER)
    assert {mark.drop for mark in marks(RiskKind.PROMPT)} == set(drops)
    assert [record.message for record in caplog.records] == ["rule failed"] * 2


def test_the_task_works_off_all_that_waits(sender, agent, rival, at):
    at(LATER)
    finished_drop(sender, agent, rival)
    open_drop(make_user("other"), prompt=SECRET, now=after(500))
    assert tasks.mark_risks() == 4
    assert {mark.kind for mark in marks()} == {RiskKind.FIRST, RiskKind.PROMPT}
    assert tasks.mark_risks() == 0
    assert set(RiskCursor.objects.values_list("stage", flat=True)) == set(Stage)


def test_a_new_senders_first_drop_is_a_list_of_its_own_and_the_second_is_not(sender):
    drops = [open_drop(sender), open_drop(sender, now=after(9)), open_drop(make_user("v", is_verified_sender=True))]
    look_at_next(stage=Stage.PAID, now=LATER)
    (mark,) = marks(RiskKind.FIRST)
    assert mark.drop == drops[0] and mark.case is None and mark.evidence["cents"] == 500


def test_what_was_looked_at_before_is_marked_no_second_time(sender):
    open_drop(sender, prompt=SECRET)
    for _ in range(2):
        look_at_next(stage=Stage.PAID, now=LATER)
        RiskCursor.objects.all().delete()
    assert RiskMark.objects.filter(kind=RiskKind.PROMPT).count() == 1
