"""A worker is killed at each step of each flow. Whoever comes after it does what is left, and nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tests.races.crowd import SECONDS_MAX, somebody_waits_for_our_lock, wait_for
from tests.races.workers import kill, start_worker
from tests.wallet.stripe_play import Play, balances
from wallet.models import Topup, Transfer
from wallet.money_in import auto_topups, topups
from wallet.money_out import withdrawals
from wallet.reconciliation import reconcile

pytestmark = pytest.mark.usefixtures("ledger_db")
# Longer than a lease, and than the first waits: whoever looks then may take the row.
LATER = timedelta(minutes=10)


class Flow:
    """One way of money: where it calls Stripe, and how it is gone on with."""

    def __init__(self, play: Play, user: User) -> None:
        self.play, self.user = play, user

    def go_on(self) -> None:
        raise NotImplementedError


class Sending(Flow):
    route, begun, done = "POST /v1/transfers", {"wallet": 400, "transit": 600}, {"wallet": 400}

    def begin(self):
        self.play.earned(self.user)
        self.play.connected(self.user)
        self.row = self.play.withdrawal(self.user)

    def go_on(self):
        withdrawals.send_withdrawal(withdrawal_id=self.row.pk, now=timezone.now() + LATER)


class Charging(Flow):
    route, begun, done = "POST /v1/payment_intents", {}, {"wallet": 1_000}

    def begin(self):
        self.play.automatic(self.user)
        self.row = self.play.begin_auto(self.user)

    def go_on(self):
        auto_topups.charge_topup(topup_id=self.row.pk, now=timezone.now() + LATER)


class Settling(Flow):
    route, begun, done = "GET /v1/checkout/sessions/*", {}, {"wallet": 1_000}

    def begin(self):
        self.row = self.play.start(self.user)
        self.play.double.pay(self.row.stripe_session_id)
        Topup.objects.update(next_attempt_at=timezone.now())

    def go_on(self):
        topups.check_topup(topup_id=self.row.pk, now=timezone.now() + LATER)


@pytest.fixture(params=[Sending, Charging, Settling])
def flow(request, ledger_db, stripe_double, agent):
    play = Play(stripe_double, now=timezone.now())
    stripe_double.shelf.frozen_at = None
    story = request.param(play, agent)
    story.begin()
    yield story
    assert reconcile(now=timezone.now()).difference_cents == 0


@pytest.fixture
def worker(stripe_double):
    """A process of its own that does one pass; killed at the end at the latest."""
    process = start_worker("send_outbound", **stripe_double.environment, PLAY_MONEY=False)
    yield process
    kill(process)


def is_done_once(flow):
    flow.go_on()
    flow.go_on()
    assert balances(flow.user) == flow.done
    calls = {"transfer": Sending, "payment_intent": (Charging, Settling)}
    for thing, flows in calls.items():
        if isinstance(flow, flows):
            assert len(flow.play.double.shelf.all(thing)) == 1
    assert Transfer.objects.filter(reason__startswith="withdrawal_sent:").count() == isinstance(flow, Sending)


@pytest.mark.turns(2)
@pytest.mark.parametrize("after_effect", [False, True], ids=["before the effect", "after it"])
def test_killed_while_stripe_is_asked(flow, after_effect, request):
    gate = flow.play.double.pause(flow.route, after_effect=after_effect)
    process = request.getfixturevalue("worker")
    assert gate.reached.wait(SECONDS_MAX)
    kill(process)
    assert balances(flow.user) == flow.begun
    gate.open()
    # What was on its way is done at Stripe before anybody asks again, whether or not its caller lives.
    assert gate.passed.wait(SECONDS_MAX)
    is_done_once(flow)


@pytest.mark.turns(2)
def test_killed_between_the_answer_and_the_commit(flow, request):
    with transaction.atomic():
        # The outcome is written under the user's lock, so whoever holds that keeps it from being written.
        User.objects.select_for_update(no_key=True).get(pk=flow.user.pk)
        process = request.getfixturevalue("worker")
        wait_for(somebody_waits_for_our_lock)
        kill(process)
    assert balances(flow.user) == flow.begun
    is_done_once(flow)


@pytest.mark.turns(2)
def test_killed_after_the_commit(flow, request):
    process = request.getfixturevalue("worker")
    wait_for(lambda: balances(flow.user) == flow.done)
    kill(process)
    is_done_once(flow)
