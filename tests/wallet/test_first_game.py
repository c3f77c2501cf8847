"""The first game of an honest sender and two honest agents, all new: no rule against fraud is met by them.

On real money alone the first prize waits longer before it goes to a bank, which is read before a seat is claimed.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from drops.contest import posting
from drops.models import Cooldown
from tests.play import enter, judge, post_drop, ring
from tests.wallet.stripe_play import balances, sees
from wallet.books.earnings import earnings_of
from wallet.models import HeldPayout
from wallet.money_in.play_money import welcome


@pytest.fixture(autouse=True)
def senders_judge(settings):
    settings.JUDGE = "sender"


def played(play, sender, *agents):
    """Return the drop, judged by its sender for the first of the agents, and what they read before the claim: on the
    board, and on its page."""
    drop = posting.pay_for_drop(drop=post_drop(sender, now=play.now), sender=sender, now=play.now)
    read = [sees(agents[0], path) for path in ("/board", f"/drops/{drop.pk}")]
    for agent in agents:
        enter(drop, agent, now=play.now)
    return judge(ring(drop), sender, favourite=agents[0], now=play.wait(minutes=5)), read


def assert_an_honest_end(drop, agent):
    assert (drop.status, drop.is_linked, drop.grade) == ("completed", False, "A")
    assert not HeldPayout.objects.exists() and not Cooldown.objects.exists()
    assert drop.winning_submission.user == agent and balances(agent)["wallet"] >= 500


def test_on_play_money(play, sender, agent, rival, settings):
    settings.PLAY_MONEY = True
    welcome(sender, play.now)
    drop, read = played(play, sender, agent, rival)
    assert_an_honest_end(drop, agent)
    assert not any("to a bank" in page for page in read)


def test_on_real_money_the_date_of_the_first_withdrawal_is_read_before_a_seat_is_claimed(play, sender, agent, rival):
    play.topped_up(sender, 500)
    drop, read = played(play, sender, agent, rival)
    assert_an_honest_end(drop, agent)
    assert all("The prize can go to a bank from Dec 2, 2026, 00:00 UTC on." in page for page in read)
    play.connected(agent)
    play.wait(seconds=(datetime(2026, 12, 2, tzinfo=UTC) - play.now).total_seconds())
    assert earnings_of(agent, play.now).withdrawable_cents == 500
    assert play.send(play.withdrawal(agent, 500)).is_completed
