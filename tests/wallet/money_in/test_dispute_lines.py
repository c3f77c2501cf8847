"""One dispute with more lines in Stripe's book than one out and one back: each is booked by itself, once."""

from __future__ import annotations

import pytest

from tests.wallet.stripe_play import balances
from wallet import tasks
from wallet.models import Dispute, Transfer
from wallet.reconciliation import reconcile, unmatched_lines, unmatched_transfers


def matched(play):
    return reconcile(now=play.now).is_whole and not unmatched_lines().exists() and not unmatched_transfers().exists()


# What Stripe takes or gives beside the first line: cents and fee.
LINES = {
    "a fee of its own": (0, 500),
    "a second sum": (-200, 0),
    "a second sum with a fee": (-200, 500),
}


@pytest.mark.parametrize("late", [True, False], ids=["comes later", "comes at once"])
@pytest.mark.parametrize("line", LINES)
def test_a_second_line_is_booked_beside_the_first(line, late, play, sender):
    amount, fee = LINES[line]
    claim = play.double.dispute(play.topped_up(sender).stripe_session_id, 400)
    if late:
        play.deliver()
        assert matched(play)
    play.double.book_again(claim, amount, fee)
    play.deliver()
    assert balances(sender) == {"wallet": 600 + amount} and matched(play)
    play.deliver(events=play.double.events(), times=2)
    assert balances(sender) == {"wallet": 600 + amount}
    assert Transfer.objects.filter(kind="dispute_fee").count() == 1 + bool(fee)


def test_won_lost_again_and_won_again_comes_out_even(play, sender):
    claim = play.double.dispute(play.topped_up(sender).stripe_session_id, 400)
    play.double.win(claim)
    play.deliver()
    play.double.book_again(claim, -400, 0)
    play.deliver()
    assert balances(sender) == {"wallet": 600} and matched(play)
    play.double.book_again(claim, 400, 0)
    play.deliver()
    assert balances(sender) == {"wallet": 1_000} and matched(play)
    assert Dispute.objects.get().amount_cents == 400


def test_a_second_line_whose_event_was_lost_is_found(play, sender):
    claim = play.double.dispute(play.topped_up(sender).stripe_session_id, 400)
    play.deliver()
    play.double.lose(claim)
    play.deliver()
    play.double.book_again(claim, 0, 500)
    play.double.drop()
    assert tasks.reconcile_stripe() == 0 and matched(play)
