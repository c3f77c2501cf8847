"""The game's figures: what waits, and how late the bell rings."""

from __future__ import annotations

import pytest

from core.metrics import reading
from drops.contest import closing
from drops.risk.marks import dismiss_mark
from tests.drops.risk.looked import mark_on
from tests.play import after, claim, enter, make_user, open_drop, post_drop, submit

pytestmark = pytest.mark.django_db


def figure(name, now, **labels):
    return reading(now).get_sample_value(name, labels)


def test_a_drop_past_its_bell_is_due_and_its_wait_is_known(sender):
    open_drop(sender)
    assert figure("clorp_due_drops", after(299)) == 0
    assert figure("clorp_due_oldest_seconds", after(299)) == 0
    assert figure("clorp_due_drops", after(302.5)) == 1
    assert figure("clorp_due_oldest_seconds", after(302.5)) == 2.5


def test_lateness_is_told_by_quantiles_of_the_last_hour(sender, agent):
    for late in (0.25, 0.5, 4):
        enter(open_drop(sender), agent)
        closing.close_due(now=after(300 + late))
    lags = [figure("clorp_close_lag_seconds", after(400), quantile=share) for share in ("0.5", "0.99", "1")]
    assert lags == [0.5, 4, 4]
    assert figure("clorp_closed_last_hour", after(400)) == 3
    assert figure("clorp_closed_last_hour", after(8000)) == 0
    assert figure("clorp_close_lag_seconds", after(8000), quantile="0.5") is None


def test_a_drop_that_closed_early_does_not_flatter_the_lateness(sender):
    drop = open_drop(sender, close_when_full=True)
    for number in range(5):
        player = make_user(f"player{number}")
        claim(drop, player)
        submit(drop, player)
    closing.close_due(now=after(10))
    drop.refresh_from_db()
    assert drop.closed_at == after(10)
    assert figure("clorp_closed_last_hour", after(400)) == 0


def test_drops_that_are_not_over_are_counted_by_status(sender, agent):
    post_drop(sender)
    open_drop(sender)
    enter(open_drop(sender, window_seconds=60), agent)
    closing.close_due(now=after(60))
    counted = [figure("clorp_drops", after(61), status=status) for status in ("pending_payment", "open", "ranking")]
    assert counted == [1, 1, 1]
    assert figure("clorp_ranking_waiting", after(61)) == 1
    assert figure("clorp_ranking_with_staff", after(61)) == 0


def test_risk_marks_are_told_by_kind_and_how_many_were_none(sender, staff):
    assert figure("clorp_risk_dismissed_share", after(9), kind="prompt") is None
    for key in ("one", "two"):
        mark = mark_on(open_drop(sender), sender, key=key)
    dismiss_mark(mark=mark, staff=staff, reason="A sample.", now=after(9))
    assert figure("clorp_risk_marks", after(9), kind="prompt", state="open") == 1
    assert figure("clorp_risk_marks", after(9), kind="prompt", state="dismissed") == 1
    assert figure("clorp_risk_dismissed_share", after(9), kind="prompt") == 1
    assert figure("clorp_risk_marks", after(100 * 86_400), kind="prompt", state="open") == 0
