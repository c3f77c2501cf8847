"""A prize changes hands while it is held: with its top-ups, their doubt, and not a cent more or less."""

from __future__ import annotations

import pytest

from tests.wallet.books.test_provenance import escrow, lots
from tests.wallet.stripe_play import balances
from wallet.books import ledger
from wallet.books.earnings import earnings_of, held_prizes
from wallet.books.payees import payees_of
from wallet.books.statement import lines_about
from wallet.models import HeldPayout
from wallet.money_out.held_payouts import release_payout, return_payout, settle_prize
from wallet.money_out.moved_prizes import PrizeNotHeld, move_prize


@pytest.fixture
def won(play, sender, agent):
    """$10.00 by card, won by the agent less a fee of ten cents; gives the top-up."""
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=1_000, now=play.now)
    settle_prize(reference="drop", payer=sender, payee=agent, fee_cents=10, now=play.now)
    return topup


@pytest.fixture
def move(play, sender):
    def act(payee, *, doubted=None):
        """Move it; then a bank may dispute the payment behind it."""
        held = move_prize(reference="drop", payer=sender, payee=payee, is_linked=False, now=play.now)
        if doubted is not None:
            play.double.dispute(doubted.stripe_session_id)
            play.deliver()
        return held

    return act


@pytest.fixture
def decide(play, staff):
    """Let staff decide about the only payout that waits."""
    return lambda verb: verb(
        payout=HeldPayout.objects.open().get(), staff=staff, told="We looked.", reason="The bank.", now=play.now
    )


def test_it_is_earned_by_the_new_winner_and_remembers_who_paid(won, move, play, agent, rival):
    assert move(rival) is False
    assert balances(agent) == {} and balances(rival) == {"wallet": 990}
    assert [lot.partition(" ")[0] for lot in lots(ledger.wallet_of(rival))] == ["won"] and escrow("drop") == []
    assert [prize.reference for prize in held_prizes(rival, play.now)] == ["drop"]
    assert [line.entry.reason for line in lines_about(rival, "drop")] == ["payout:drop:2"]
    assert [line.reference for line in lines_about(agent, "drop")] == ["drop", "drop"]


def test_whoever_pays_gets_all_of_it_back_as_card_money(won, move, sender, agent):
    move(None)
    assert balances(sender) == {"wallet": 1_000} and balances(agent) == {}
    assert lots(ledger.wallet_of(sender)) == [f"{won.stripe_session_id.removeprefix('cs_')} 1000"]


def test_its_year_adds_up_for_both(won, move, play, agent, rival):
    move(rival)
    years = {year.user: year.prizes_cents - year.prizes_returned_cents for year in payees_of(play.now.year)}
    assert years == {agent: 0, rival: 990}


def test_doubt_about_the_payment_holds_it_for_the_new_winner_too(won, move, play, agent, rival):
    play.double.dispute(won.stripe_session_id)
    play.deliver()
    assert move(rival) is True
    (prize,) = held_prizes(rival, play.now)
    assert prize.until is None and held_prizes(agent, play.now) == []
    assert set(HeldPayout.objects.values_list("reference", "status")) == {("drop", "returned"), ("drop:2", "open")}
    play.double.win(play.double.shelf.all("dispute")[0])
    play.deliver()
    play.wait(days=30)
    assert earnings_of(rival, play.now).withdrawable_cents == 990


def test_doubt_that_comes_afterwards_finds_it_with_the_new_winner(won, move, rival):
    move(rival, doubted=won)
    assert [(row.reference, row.payee) for row in HeldPayout.objects.all()] == [("drop:2", rival)]


def test_staff_return_what_the_new_winner_has(won, move, decide, sender, rival):
    move(rival, doubted=won)
    decide(return_payout)
    assert balances(rival) == {} and balances(sender)["debt"] < 0


@pytest.fixture
def in_escrow(play, sender, agent):
    """Won by the agent, and kept in its escrow, since its payment is disputed."""
    topup = play.topped_up(sender)
    ledger.hold_prize(payer=sender, reference="drop", amount_cents=1_000, now=play.now)
    play.double.dispute(topup.stripe_session_id)
    play.deliver()
    settle_prize(reference="drop", payer=sender, payee=agent, fee_cents=0, now=play.now)


def test_one_that_waits_in_escrow_waits_for_its_new_winner(in_escrow, move, decide, agent, rival):
    assert move(rival) is True and ledger.escrow_cents("drop") == 1_000
    decide(release_payout)
    assert balances(rival) == {"wallet": 1_000} and balances(agent) == {}


def test_what_is_old_is_its_winners(won, move, play, agent, rival):
    play.wait(days=8)
    with pytest.raises(PrizeNotHeld):
        move(rival)
    assert balances(agent) == {"wallet": 990}


def test_young_card_money_holds_it_longer_and_so_it_can_move_longer(won, move, play, agent, rival):
    play.wait(days=6)
    move(rival)
    assert balances(rival) == {"wallet": 990}


def test_what_went_back_to_the_payer_moves_no_more(won, move, agent, rival):
    move(None)
    with pytest.raises(PrizeNotHeld):
        move(rival)
    assert balances(rival) == {}
