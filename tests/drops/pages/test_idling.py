"""A sender who reads the whole field to judge it, and then judges nothing, gains nothing by it."""

import pytest

from drops.judging import steps
from tests.drops.browsing import text_of
from tests.drops.pages_of_judging import path_of, ranking_drop
from tests.play import judge
from wallet.books import ledger

FIELD = ("Words of Agent", "Words of Rival")


@pytest.fixture
def drop(sender, agent, rival):
    return ranking_drop(sender, agent, rival)


def shown(browser, path):
    return [words for words in FIELD if words in text_of(browser.get(path))]


def test_who_read_everything_and_idles_keeps_neither_the_money_nor_the_work(browse, at, drop, agent, staff):
    browser, late = browse(drop.sender), drop.round.deadline_at
    assert len(shown(browser, path_of(drop))) == 2
    at(late)
    drop = steps.rank_drop(drop=drop, now=late)
    assert shown(browser, path_of(drop)) == shown(browser, drop.get_absolute_url()) == []
    assert (ledger.balance_cents(drop.sender), ledger.escrow_cents(drop.reference)) == (0, 500)
    assert judge(drop, staff, favourite=agent, now=late).is_completed
    assert shown(browser, f"{drop.get_absolute_url()}/pull") == ["Words of Agent"]
    assert ledger.balance_cents(agent) == 500
