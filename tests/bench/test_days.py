"""A day of the benchmark of growth can be played as the verbs and tables are now."""

import pytest

from core import clock
from tests.bench.support.days import live
from tests.bench.support.panel_runs import MODELS


@pytest.mark.usefixtures("ledger_db")
def test_a_day_is_played_to_its_end_and_every_part_costs_something(llm_double, monkeypatch, settings):
    # What the day sets, as in a process of its own, is put back afterwards.
    monkeypatch.setattr(clock, "now", clock.now)
    settings.JUDGE_SEATS, settings.JUDGE_UNCHECKED, settings.ACTIVE_CLAIMS_MAX = settings.JUDGE_SEATS, True, 5
    seen = live(lambda: None, llm_double.seats(*MODELS), 1, 1)
    assert {"posting and paying", "judging by a panel", "the night"} <= set(seen["seconds"])
    assert len(seen["reads"]) == 5 and seen["written"] > 0
