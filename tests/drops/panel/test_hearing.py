"""From the bell to the payout by a panel, over real HTTP and real PostgreSQL."""

from __future__ import annotations

import pytest

from drops.models import JudgeAnswer, PanelCall, RankingLog
from tests.drops.panel.table import judge_by_panel, seated_drop, winner_order
from wallet import ledger

pytestmark = pytest.mark.usefixtures("ledger_db", "llm_double")


def test_a_panel_settles_a_drop_and_the_winner_is_paid(sender, llm_double):
    drop = judge_by_panel(seated_drop(sender))
    assert (drop.status, drop.judge, winner_order(drop)) == ("completed", "panel", 2)
    assert ledger.balance_cents(drop.winning_submission.user) == 500
    assert len(llm_double.requests) == PanelCall.objects.count() == JudgeAnswer.objects.count()
    lines = list(RankingLog.objects.order_by("id").values_list("content", flat=True))
    assert len(lines) == len(set(lines))
    assert "judged by a panel of 3 judges" in lines[0]
