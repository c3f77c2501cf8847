"""Withdrawals that staff have paused: none is asked for, none is sent, and all go on by themselves."""

from __future__ import annotations

import pytest

from core.switches import Part, Paused
from tests.play import pause_part
from tests.wallet.stripe_play import balances
from wallet.models import Withdrawal


@pytest.fixture
def paid_out(play, agent):
    play.earned(agent)
    play.connected(agent)
    return agent


@pytest.fixture
def paused(play, db):
    def do():
        pause_part(Part.WITHDRAWALS, now=play.now)

    return do


def test_none_is_asked_for_meanwhile_and_the_money_stays_in_the_wallet(play, paid_out, paused):
    before = balances(paid_out)
    paused()
    with pytest.raises(Paused):
        play.withdrawal(paid_out)
    assert balances(paid_out) == before and not Withdrawal.objects.exists()


def test_what_was_asked_for_before_is_found_again_and_sent_once_the_pause_is_over(play, paid_out, paused):
    row = play.withdrawal(paid_out)
    paused()
    assert play.send(row).status == "pending" and play.double.shelf.all("transfer") == []
    play.wait(minutes=61)
    assert play.send(row).status == "completed" and len(play.double.shelf.all("transfer")) == 1


def test_one_that_may_have_been_sent_is_looked_for_but_never_sent_meanwhile(play, paid_out, paused):
    row = play.withdrawal(paid_out)
    Withdrawal.objects.filter(pk=row.pk).update(called_at=play.now)
    paused()
    row = play.send(row)
    assert (row.status, row.last_error) == ("pending", "paused") and play.double.shelf.all("transfer") == []
    play.wait(minutes=61)
    assert play.send(row).status == "completed"
