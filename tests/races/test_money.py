"""Real money under real threads and real commits: whoever comes twice or at once, there is one effect."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from drops.contest.links import note_evidence
from tests.races.crowd import at_once, crashed
from tests.wallet.stripe_play import Play, balances
from wallet import tasks
from wallet.books import debts, ledger
from wallet.models import StripeEvent, Topup, Transfer, Withdrawal
from wallet.money_in import auto_topups, topups
from wallet.money_out import withdrawals
from wallet.reconciliation import reconcile
from wallet.stripe_events import inbox

pytestmark = pytest.mark.usefixtures("ledger_db")


@pytest.fixture
def play(ledger_db, stripe_double):
    """By the real clock, which the doors read; at the end both books agree."""
    story = Play(stripe_double, now=timezone.now())
    stripe_double.shelf.frozen_at = None
    yield story
    assert reconcile(now=timezone.now()).difference_cents == 0


def test_ten_success_pages_and_ten_webhooks_credit_one_session_once(play, sender):
    topup = play.start(sender)
    play.double.pay(topup.stripe_session_id)
    (event,) = play.double.events("checkout.session.completed")

    def hear():
        delivery = play.double.sign(event)
        inbox.receive_event(body=delivery.body, signature=delivery.signature, now=play.now)
        return inbox.process_event(event_id=delivery.event_id, now=play.now)

    come_back = partial(topups.return_from_checkout, user=sender, session_id=topup.stripe_session_id, now=play.now)
    results = at_once([come_back] * 10 + [hear] * 10)
    assert crashed(results) == [] and StripeEvent.objects.get().status == "processed"
    assert (Transfer.objects.filter(kind="topup").count(), balances(sender)) == (1, {"wallet": 1_000})


def test_two_browsers_withdraw_everything_at_once_and_one_does(play, agent):
    play.earned(agent)
    play.connected(agent)
    ask = partial(withdrawals.request_withdrawal, user=agent, amount_cents=1_000, now=play.now)
    results = at_once([ask] * 2)
    assert crashed(results) == [] and Withdrawal.objects.count() == 1
    send = partial(withdrawals.send_withdrawal, withdrawal_id=Withdrawal.objects.get().pk, now=play.now)
    assert crashed(at_once([send] * 6)) == []
    assert (balances(agent), [tr["amount"] for tr in play.double.shelf.all("transfer")]) == ({}, [1_000])


def test_a_dispute_and_withdrawals_at_once_send_nothing_that_is_disputed(play, agent):
    topup = play.topped_up(agent)
    ledger.hold_prize(payer=agent, reference="spent", amount_cents=1_000, now=play.now)
    play.earned(agent)
    play.connected(agent)
    play.double.dispute(topup.stripe_session_id)
    ask = partial(withdrawals.request_withdrawal, user=agent, amount_cents=500, now=play.now)
    results = at_once([play.deliver, ask, ask, ask])
    assert crashed(results) == [] and Withdrawal.objects.count() <= 2
    for _ in range(2):
        tasks.send_outbound()
    assert balances(agent) == {} and play.double.calls("POST /v1/transfers") == []


def test_one_form_sent_eight_times_is_one_withdrawal(play, agent):
    play.earned(agent, 5_000)
    play.connected(agent)
    ask = partial(withdrawals.request_withdrawal, user=agent, amount_cents=600, now=play.now, idempotency_key="k")
    results = at_once([ask] * 8)
    assert {result.pk for result in results} == {Withdrawal.objects.get().pk}
    assert balances(agent) == {"wallet": 4_400, "transit": 600}


def test_eight_workers_start_and_charge_one_automatic_topup(play, sender):
    play.automatic(sender)

    def work():  # Bells of one process would let one of them through.
        auto_topups.start_auto_topup(user=sender, now=play.now)
        for topup_id in tasks.due(Topup):
            auto_topups.charge_topup(topup_id=topup_id, now=play.now)

    assert crashed(at_once([work] * 8)) == []
    assert (Topup.objects.count(), balances(sender)) == (1, {"wallet": 1_000})
    assert len(play.double.calls("POST /v1/payment_intents")) == 1


def test_a_refund_against_spending_takes_all_of_it_back(play, sender):
    topup = play.topped_up(sender)
    play.double.refund(topup.stripe_session_id)
    hold = partial(ledger.hold_prize, payer=sender, amount_cents=300, now=play.now)
    spend = [partial(hold, reference=f"drop-{n}") for n in range(4)]
    results = at_once([play.deliver, *spend])
    assert crashed(results) == []
    held = 300 * sum(isinstance(result, Transfer) for result in results)
    assert balances(sender) == ({"debt": -held} if held else {})


def test_collecting_a_debt_eight_times_at_once_takes_what_is_owed(play, sender, funded):
    debts.take_back(user=sender, amount_cents=700, reason="adjust:1", now=play.now, event_at=play.now)
    funded(sender, 1_000)
    results = at_once([partial(debts.collect_debt, user=sender, token=f"t{n}", now=play.now) for n in range(8)])
    assert sum(results) == 700 and balances(sender) == {"wallet": 300}
    play.double.shelf.book("refund", "refund", -700, "re_by_hand")


def test_one_topup_of_eight_starts_is_in_flight(play, sender):
    play.automatic(sender)
    results = at_once([partial(auto_topups.start_auto_topup, user=sender, now=play.now)] * 8)
    assert crashed(results) == [] and sum(result is not None for result in results) == 1
    tasks.send_outbound()


def test_linked_accounts_that_are_paid_at_once_while_one_is_doubted_never_deadlock(play, sender, agent):
    rows = []
    for user in (sender, agent):
        topup = play.start(user)
        play.double.pay(topup.stripe_session_id, number="4242")
        play.settle(topup)
        note_evidence(user, play.now)
        play.earned(user, 2_000)
        play.connected(user)
        rows += [play.withdrawal(user), play.withdrawal(user)]
    play.double.warn(topup.stripe_session_id)
    send = partial(withdrawals.send_withdrawal, now=play.now)
    results = at_once([*(partial(send, withdrawal_id=row.pk) for row in rows), play.deliver])
    assert crashed(results) == []
    tasks.send_outbound()
    assert len(play.double.shelf.all("transfer")) == Withdrawal.objects.filter(status="completed").count()
