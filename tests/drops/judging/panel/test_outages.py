"""Any weather of the models' servers is waited out, or left to people, and no letter comes of it."""

from __future__ import annotations

import pytest

from drops.judging.panel.client import client_of
from tests.bench.support.outages import WAITS_SECONDS, WEATHERS, count
from tests.drops.judging.panel.table import CLEAR, drop_with_panel, judge_by_panel, winner_order

pytestmark = pytest.mark.usefixtures("ledger_db")
# All waits and outages are so many times shorter than a server's, in the same proportions.
HURRY = 20.0


@pytest.mark.turns(3)
@pytest.mark.parametrize("name", WEATHERS)
def test_no_letter_without_a_reading_and_no_person_without_need(name, sender, llm_double, settings):
    settings.JUDGE_PATIENCE = {"waits_seconds": tuple(wait / HURRY for wait in WAITS_SECONDS)}
    client_of.forget()
    texts = {order: WEATHERS[name].texts(str(order)) for order in range(len(CLEAR))}
    drop = drop_with_panel(sender, tricks=texts)
    WEATHERS[name].break_out(llm_double, HURRY)
    drop, settles = judge_by_panel(drop), WEATHERS[name].settles
    assert count([drop], llm_double) == {
        "drops": 1, "settled": settles, "people": not settles, "letters": 0, "paid": 0,
    }  # fmt: skip
    assert not settles or winner_order(drop) == CLEAR.index(max(CLEAR))
