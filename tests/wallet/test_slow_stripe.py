"""Stripe is slow: a run works on each kind of row for seconds, and the next one goes on."""

from __future__ import annotations

import pytest

from core import clock
from tests.wallet.stripe_play import balances
from wallet import tasks
from wallet.gateway import Gateway
from wallet.models import StripeBalanceTxn, StripeEvent
from wallet.money_in import cards
from wallet.reconciliation import reconcile

ANSWER_SECONDS = 4


@pytest.fixture
def slow(monkeypatch):
    """`slow(name)`: each of this call's answers takes its time."""
    counted = [clock.count_seconds()]
    monkeypatch.setattr(clock, "count_seconds", lambda: counted[0])

    def slow(name, seconds=ANSWER_SECONDS):
        real = getattr(Gateway, name)

        def ask(*args, **kwargs):
            counted[0] += seconds
            return real(*args, **kwargs)

        monkeypatch.setattr(Gateway, name, ask)

    return slow


def test_events_wait_for_the_next_run_and_keep_nobody_from_their_turn(play, sender, agent, slow):
    play.earned(agent)
    play.connected(agent)
    play.withdrawal(agent)
    play.deliver()
    for topup in [play.start(sender) for _ in range(5)]:
        play.double.pay(topup.stripe_session_id)
    play.double.deliver(play.post, events=play.double.events("checkout.session.completed")[-5:])
    slow("get_session")
    tasks.send_outbound()
    assert (balances(agent), balances(sender)) == ({"wallet": 400}, {"wallet": 3_000})
    tasks.send_outbound()
    assert balances(sender) == {"wallet": 5_000}


def test_the_comparison_works_on_events_for_seconds_and_on_lines_for_minutes(play, sender, slow):
    for topup in [play.start(sender) for _ in range(5)]:
        play.double.pay(topup.stripe_session_id)
    play.double.deliver(play.post, events=play.double.events("checkout.session.completed"))
    slow("get_session", seconds=100)
    tasks.reconcile_stripe()
    assert balances(sender) == {"wallet": 4_000}
    play.deliver()
    assert not StripeEvent.objects.unprocessed().exists()


def test_a_list_that_does_not_end_is_given_up_and_nothing_of_it_stored(play, sender, monkeypatch):
    play.topped_up(sender)
    moments = iter(range(0, 10_000_000, 1_000))
    with monkeypatch.context() as slow:
        slow.setattr(clock, "count_seconds", lambda: next(moments))
        comparison = reconcile(now=play.now)
    assert comparison.unseen == ["balance transactions"] and not StripeBalanceTxn.objects.exists()
    play.deliver()


def test_cards_are_asked_about_for_seconds(play, sender, agent, rival, slow):
    for user in (sender, agent, rival):
        play.automatic(user)
        play.double.delete_customer(play.customer(user))
    slow("default_payment_method", seconds=6)
    assert cards.refresh_all_cards(now=play.now) == 2
    play.deliver()
