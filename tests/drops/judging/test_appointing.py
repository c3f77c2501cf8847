"""Who judges, and by when, is said before anybody pays or claims, and holds afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from drops.judging import appointing, steps
from drops.judging.panel import sessions
from drops.models import Drop
from tests.admin_site import logged_in
from tests.play import NOON, enter, open_drop, post_drop, ring

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def judged(drop, agent):
    enter(drop, agent, "A few words of its own about the sea.")
    return steps.rank_drop(drop=ring(drop), now=drop.bell)


def test_what_was_said_at_payment_holds_whatever_the_operator_sets_since(sender, agent, settings):
    drop = open_drop(sender)
    settings.JUDGE = "staff"
    assert appointing.judge_today(NOON) == "staff"
    drop = judged(drop, agent)
    assert drop.judge == "sender"
    assert not drop.ranking_logs.filter(content__contains="said at payment").exists()


def test_only_trouble_hands_it_on_and_the_log_says_so(sender, agent, monkeypatch):
    monkeypatch.setattr(sessions, "panel_is_fit", lambda now: True)
    drop = open_drop(sender)
    monkeypatch.setattr(sessions, "panel_is_fit", lambda now: False)
    drop = judged(drop, agent)
    assert (drop.appointed_judge, drop.judge) == ("panel", "sender")
    line = drop.ranking_logs.get(content__contains="said at payment")
    assert line.content == "The sender will judge this drop, not the panel as was said at payment."
    assert line.audience == "agents"


def test_an_older_drop_is_judged_by_whoever_judges_today(sender, agent, settings):
    drop = open_drop(sender)
    settings.JUDGE = "staff"
    drop.appointed_judge = ""
    assert appointing.judge_for(drop, NOON) == "staff"


@pytest.mark.parametrize("judge", ["panel", ""])
def test_the_database_holds_who_was_said_to_judge(sender, judge):
    drop = open_drop(sender)
    with pytest.raises(ProgrammingError, match="appointed_judge"), transaction.atomic():
        Drop.objects.filter(pk=drop.pk).update(appointed_judge=judge)


def test_nobody_is_said_to_judge_what_was_not_paid_for(sender):
    drop = post_drop(sender)
    with pytest.raises(IntegrityError, match="drop_appointed_judge_once_paid"), transaction.atomic():
        Drop.objects.filter(pk=drop.pk).update(appointed_judge="staff")


@pytest.mark.parametrize(("judge", "days"), [("sender", 2), ("staff", 1)])
def test_by_when_is_told_from_payment_to_the_end(sender, agent, settings, judge, days):
    settings.JUDGE = judge
    draft = appointing.appointment_of(post_drop(sender), NOON)
    assert (draft.judge, draft.by) == (judge, None)
    drop = open_drop(sender)
    assert appointing.appointment_of(drop, NOON).by == drop.bell + days * DAY
    drop = judged(drop, agent)
    assert appointing.appointment_of(drop, drop.bell).by == drop.round.deadline_at == drop.bell + days * DAY


def test_it_is_told_on_new_drop_pay_board_page_and_by_the_api(sender, agent, settings):
    settings.JUDGE = "staff"
    draft, drop = post_drop(sender), open_drop(sender)
    for path in ("/drops/new", f"/drops/{draft.pk}", f"/drops/{drop.pk}"):
        page = logged_in(sender).get(path).content.decode()
        assert "Our moderators, without names, within 1 day of the bell." in " ".join(page.split()), path
    assert "judged by our moderators" in logged_in(agent).get("/board").content.decode()
    for path in (f"/api/jobs/{drop.pk}", "/api/board"):
        answer = logged_in(agent).get(path).json()
        (job,) = answer if isinstance(answer, list) else [answer]
        assert job["judge"] == "staff" and job["judged_by_at"]
