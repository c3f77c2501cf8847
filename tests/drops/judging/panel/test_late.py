"""A drop that waits for moderators longer than it may is named."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from accounts.models import Notification
from core.metrics import reading
from drops import tasks
from drops.judging import rounds
from drops.models import Drop
from tests.play import after, enter, judge, make_user, open_drop, ring

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def left(sender, agent):
    """A drop that was left to staff at `after(300)`."""
    drop = open_drop(sender)
    enter(drop, agent)
    return rounds.hand_to_staff(drop=ring(drop), reason="a test", now=after(300))


def test_a_day_is_not_late_and_a_moment_more_is(left):
    for waited, late in ((DAY - timedelta(seconds=1), 0), (DAY, 1)):
        now = after(300) + waited
        assert Drop.objects.late_with_staff(now).count() == late
        assert reading(now).get_sample_value("clorp_ranking_with_staff_late") == late


def test_the_log_says_it_each_time_and_moderators_are_told_once(left, staff, monkeypatch, caplog):
    monkeypatch.setattr(tasks.clock, "now", lambda: after(300) + DAY)
    with caplog.at_level(logging.ERROR):
        assert [tasks.name_late(), tasks.name_late()] == [1, 1]
    assert caplog.messages.count("drop waits too long for staff") == 2
    (note,) = Notification.objects.filter(user=staff, kind="judge-late")
    assert note.href == f"/drops/{left.pk}/picks" and "waited too long" in note.text


@pytest.mark.usefixtures("llm_double")
def test_a_panel_that_no_worker_asks_is_named_too(sender, staff, monkeypatch, caplog):
    enter(drop := open_drop(sender), make_user("ann"))
    assert ring(drop).judge == "panel"
    for waited, named in ((timedelta(minutes=14), 0), (timedelta(minutes=16), 1), (timedelta(minutes=17), 1)):
        monkeypatch.setattr(tasks.clock, "now", lambda waited=waited: after(300) + waited)
        assert tasks.name_late() == named
    assert caplog.messages.count("no worker asks the panel") == 2
    assert "is a worker running?" in Notification.objects.get(user=staff, kind="judge-late").text


def test_nobody_is_told_of_a_drop_that_is_the_senders_to_judge_or_over(left, sender, staff, agent, monkeypatch):
    monkeypatch.setattr(tasks.clock, "now", lambda: after(300) + 3 * DAY)
    judge(left, staff)
    enter(theirs := open_drop(sender), agent)
    assert ring(theirs).judge == "sender"
    assert tasks.name_late() == 0
    assert not Notification.objects.filter(kind="judge-late").exists()
