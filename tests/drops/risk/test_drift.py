"""A judge that no longer judges as it did."""

from __future__ import annotations

import pytest

from drops import tasks
from drops.judging.panel.report import JudgeRecord, Tally
from drops.models.risk import RiskKind
from drops.risk import drift
from drops.risk.drift import drift_of
from tests.drops.risk.looked import marks
from tests.play import NOON, after


@pytest.mark.parametrize(
    ("before", "lately", "drifts"),
    [
        ((450, 500), (60, 100), True),
        ((450, 500), (45, 50), False),  # too few
        ((450, 500), (85, 100), False),  # chance
        ((100, 1000), (50, 200), True),  # upward
        ((450, 500), (0, 0), False),
    ],
)
def test_a_share_has_moved_where_chance_would_not_move_it(before, lately, drifts):
    tallies = (Tally(hits=hits, count=count) for hits, count in (before, lately))
    assert bool(drift_of(*tallies)) is drifts


def test_what_chance_alone_would_give_is_no_drift():
    before, lately = Tally(hits=50, expected=50, count=200), Tally(hits=100, expected=100, count=200)
    assert drift_of(before, lately) == 0


@pytest.mark.django_db
def test_it_is_marked_once_a_month_with_both_figures(monkeypatch, at):
    agreed = {True: Tally(hits=450, count=500), False: Tally(hits=60, count=100)}
    records = {is_before: {"model-a": JudgeRecord(agreement=tally)} for is_before, tally in agreed.items()}
    monkeypatch.setattr(drift, "records_since", lambda since, until=None: records[until is not None])
    at(NOON)
    assert (tasks.mark_drift(), tasks.mark_drift()) == (1, 0)
    (mark,) = marks(RiskKind.JUDGE)
    assert (mark.judge, mark.case, mark.evidence["figure"]) == ("model-a", None, "agreement")
    assert (mark.evidence["before"], mark.evidence["lately"]) == (0.9, 0.6)
    assert drift.mark_drift(now=after(40 * 86_400)) == 1
