"""The limits of what an account may add and withdraw rise with its clean record, and are said beforehand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api import Api, is_problem
from tests.wallet.rows import topup
from tests.wallet.stripe_play import balances, sees
from wallet.books import caps, ledger
from wallet.books.caps import CapReached
from wallet.models import Topup, Withdrawal
from wallet.money_in.taint import clear_topup

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def low(settings):
    settings.TOPUP_DAY_CENTS_MAX, settings.TOPUP_MONTH_CENTS_MAX = 1_500, 4_000
    # Whoever has earned something here has a clean month behind them, and twice as much room.
    settings.WITHDRAWAL_DAY_CENTS_MAX, settings.WITHDRAWAL_MONTH_CENTS_MAX = 350, 800


def test_a_top_up_beyond_the_day_is_refused_until_the_oldest_is_a_day_old(play, sender):
    play.topped_up(sender)
    play.wait(hours=5)
    with pytest.raises(CapReached) as refusal:
        play.start(sender, 600)
    assert (refusal.value.retry_at, refusal.value.extra["available"]) == (play.now + timedelta(hours=19), 500)
    assert Topup.objects.count() == 1
    play.wait(hours=19)
    assert play.start(sender, 1_500)


def test_open_payment_pages_count_and_those_that_ran_out_do_not(sender, now):
    topup(sender, now)
    assert caps.topup_room(sender, now).cents == 500
    Topup.objects.update(status="expired")
    assert caps.topup_room(sender, now).cents == 1_500


def test_thirty_days_have_a_limit_of_their_own(play, sender):
    for _ in range(4):
        play.topped_up(sender)
        play.wait(days=2)
    room = caps.topup_room(sender, play.now)
    assert (room.cents, room.wider_at) == (0, play.now + 22 * DAY)


def test_a_withdrawal_beyond_the_day_is_refused_kindly(play, agent):
    play.earned(agent, 1_500)
    play.connected(agent)
    play.withdrawal(agent, 700)
    play.now += timedelta(hours=1)
    problem = is_problem(Api(agent).post("wallet/withdraw", {"amount_cents": 500}), 429, "cap_reached")
    assert "at most $7.00 within 24 hours" in problem["error"] and Withdrawal.objects.count() == 1
    assert balances(agent) == {"wallet": 800, "transit": 700}


@pytest.mark.parametrize(("months", "times"), [(0, 1), (1, 2), (5, 6), (20, 6)])
def test_the_limits_rise_with_each_clean_month(months, times, play, sender):
    play.topped_up(sender)
    assert caps.topup_room(sender, play.now + months * caps.MONTH).day_cents == 1_500 * times


def test_prizes_alone_raise_no_limit_for_cards(play, agent):
    play.earned(agent)
    play.wait(days=160)
    assert caps.topup_room(agent, play.now).day_cents == 1_500
    assert caps.withdrawal_room(agent, play.now).day_cents == 350 * 6


@pytest.mark.parametrize("how", ["warn", "refund"])
def test_a_warning_or_a_refund_that_staff_lifted_takes_it_away_for_as_long(how, play, sender, staff):
    paid = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=1_000, now=play.now)
    play.wait(days=70)
    getattr(play.double, how)(paid.stripe_session_id)
    play.deliver()
    clear_topup(topup=paid, staff=staff, reason="Looked at.", now=play.now)
    for days, times in ((0, 1), (89, 1), (2, 6)):
        play.wait(days=days)
        assert caps.topup_room(sender, play.now).day_cents == 1_500 * times


def test_a_dispute_takes_the_rise_away(play, sender):
    paid = play.topped_up(sender)
    play.wait(days=70)
    assert caps.topup_room(sender, play.now).day_cents == 4_500
    play.double.dispute(paid.stripe_session_id)
    play.deliver()
    assert caps.topup_room(sender, play.now).day_cents == 1_500


def test_the_wallet_says_what_there_is_room_for(play, sender):
    play.topped_up(sender)
    assert "You can add $5.00 now: at most $15.00 within 24 hours and $40.00 within 30 days" in sees(sender)


def test_an_automatic_top_up_waits_for_room(play, sender):
    play.topped_up(sender)
    play.automatic(sender, cents=1_200, threshold=1_100)
    assert play.begin_auto(sender) is None
    play.wait(days=1)
    assert play.begin_auto(sender).amount_cents == 1_200
