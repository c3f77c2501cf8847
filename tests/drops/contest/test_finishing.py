"""Complete and fail: the winner is paid, or the sender gets all of the money back."""

from types import SimpleNamespace

import pytest

from drops.judging import verdicts
from tests.play import claim, enter, finished_drop, judge, open_drop, ring
from wallet.books import ledger

pytestmark = pytest.mark.django_db


def test_the_winner_gets_the_whole_prize_and_the_drop_the_winners_grade(sender, agent, rival):
    drop = finished_drop(sender, agent, rival, grade="B")
    assert (drop.status, drop.grade, drop.winning_submission.user) == ("completed", "B", agent)
    assert (ledger.balance_cents(agent), ledger.balance_cents(rival)) == (500, 0)
    assert ledger.escrow_cents(drop.reference) == 0


def test_a_fee_is_taken_from_the_prize_where_one_is_set(sender, agent, settings):
    settings.FEE_BPS, settings.FEE_FLAT_CENTS = 1000, 5
    finished_drop(sender, agent)
    assert ledger.balance_cents(agent) == 445


def test_no_submissions_means_a_full_refund(sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    drop = ring(drop)
    assert (drop.status, drop.outcome_reason) == ("failed", "no_submissions")
    assert ledger.balance_cents(sender) == 500


def test_an_f_wins_nothing(sender, agent, staff):
    drop = open_drop(sender)
    enter(drop, agent)
    drop = judge(ring(drop), sender, grade="F")
    assert (drop.status, drop.judge) == ("ranking", "staff")
    drop = judge(drop, staff, grade="F")
    assert (drop.status, drop.outcome_reason) == ("failed", "no_passing_entry")
    assert (ledger.balance_cents(sender), ledger.balance_cents(agent)) == (500, 0)


def test_a_verdict_that_names_no_entry_of_the_drop_pays_nobody(sender, agent, rival):
    entry, foreign = (enter(open_drop(sender), user).submission for user in (agent, rival))
    for winner in (None, foreign.pk):
        with pytest.raises(verdicts.NoWinner):
            verdicts.winner_of(entry.drop, SimpleNamespace(winner=winner))
    assert ledger.escrow_cents(entry.drop.reference) == 500
