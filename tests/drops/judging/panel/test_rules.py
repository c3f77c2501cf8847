"""Rounds that began under earlier rules: what they found stands and is computed again, and no more is asked by them."""

from __future__ import annotations

import pytest

from drops.judging import recompute, steps
from drops.judging.panel import sessions
from drops.models import JudgeAnswer, PanelCall
from drops.ranking import PROMPTS_VERSION, CallAnswer, Wave
from tests.bench.support.judges import Bench
from tests.bench.support.trials import PERFECT
from tests.drops.judging.panel.table import drop_with_panel, judge_by_panel
from tests.play import after

pytestmark = pytest.mark.usefixtures("ledger_db", "llm_double")
# Read differently by the first rules and by today's.
TRICKS = {
    0: "10\u00b2 m\u00b2",
    1: "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    2: "\uff26\uff55\uff4c\uff4c \u00bd",
}


@pytest.fixture
def old_round(sender, monkeypatch):
    """A drop before a panel that sits by the first rules."""
    with monkeypatch.context() as patch:
        patch.setattr(sessions, "PROMPTS_VERSION", 1)
        drop = drop_with_panel(sender, tricks=TRICKS)
    assert drop.round.session.prompts_version == 1
    return drop


def judge_to_the_end(drop):
    bench = Bench("old", PERFECT)
    while isinstance(step := steps.next_step(drop.round), Wave):
        for call in step.calls:
            answer = CallAnswer(call.key, bench.answer(call)).to_json()
            JudgeAnswer.objects.create(round=drop.round, key=call.key, answer=answer, created_at=after(302))
    assert steps.settle_panel(drop=drop, step=step, still=lambda judging_round: True, now=after(302))
    drop.refresh_from_db()
    return drop


def test_a_result_by_the_first_rules_is_the_same_again(old_round):
    drop = judge_to_the_end(old_round)
    assert drop.status == "completed"
    assert recompute.differences(drop) == []


def test_a_round_that_is_still_asked_begins_afresh_by_today_s(old_round):
    drop = judge_by_panel(judge_by_panel(old_round))
    assert not PanelCall.objects.filter(session__prompts_version=1).exists()
    assert (drop.status, drop.round.session.prompts_version) == ("completed", PROMPTS_VERSION)
    assert recompute.differences(drop) == []


def test_people_who_take_over_a_round_that_begins_afresh_are_told_of_in_the_log(old_round, monkeypatch):
    monkeypatch.setattr(sessions, "panel_is_fit", lambda now: False)
    steps.begin_afresh(drop=old_round, still=lambda judging_round: True, now=after(303))
    old_round.refresh_from_db()
    assert (old_round.appointed_judge, old_round.judge) == ("panel", "sender")
    assert old_round.ranking_logs.filter(content__endswith="not the panel as was said at payment.").count() == 1
