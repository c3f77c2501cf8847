"""Where Stripe or a mail server never answers, one thread of a worker waits for it and windows close on time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
from django.db import connection
from django.utils import timezone

from accounts import tasks as accounts_tasks
from accounts.webhooks import delivering
from drops import tasks as drops_tasks
from tests.wallet.stripe_play import Play
from wallet import tasks as wallet_tasks
from wallet.models import Topup

pytestmark = pytest.mark.usefixtures("ledger_db")
# As in compose.yaml and under ./run up.
THREADS = 4
# Less than we wait for Stripe.
SECONDS_MAX = 15


class Silence:
    """Answers nobody until it is over."""

    def __init__(self):
        self.reached, self.over, self.calls = threading.Event(), threading.Event(), 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        self.reached.set()
        self.over.wait(60)
        return ()

    def end(self):
        self.over.set()


class SilentStripe:
    """The double, which answers none of the calls of one route until the silence is over."""

    def __init__(self, double, route):
        self.double = double
        self.gates = [double.pause(route) for _ in range(THREADS)]
        self.reached = self.gates[0].reached

    @property
    def calls(self):
        return sum(gate.reached.is_set() for gate in self.gates)

    def end(self):
        self.double.faults.clear()
        for gate in self.gates:
            gate.open()


@pytest.fixture
def send_outbound(stripe_double, sender):
    """One unsettled top-up for each thread, so that every thread would have to ask Stripe."""
    stripe_double.shelf.frozen_at = None
    play = Play(stripe_double, now=timezone.now())
    for _ in range(THREADS):
        play.start(sender)
    Topup.objects.update(next_attempt_at=timezone.now())
    return wallet_tasks.send_outbound, SilentStripe(stripe_double, "GET /v1/checkout/sessions/*")


@pytest.fixture
def reconcile_stripe(stripe_double):
    return wallet_tasks.reconcile_stripe, SilentStripe(stripe_double, "GET /v1/events")


@pytest.fixture
def deliver_notices(monkeypatch):
    silence = Silence()
    monkeypatch.setattr(delivering, "deliver_batch", lambda **_: len(silence()))
    return accounts_tasks.deliver_notices, silence


@pytest.fixture
def check_judges(monkeypatch):
    silence = Silence()
    monkeypatch.setattr(drops_tasks, "judges_due", lambda now: ["a seat"])
    monkeypatch.setattr(drops_tasks, "within_budget", lambda seats, now: seats)
    monkeypatch.setattr(drops_tasks, "try_judges", silence)
    return drops_tasks.check_judges, silence


def ring(task):
    try:
        return task()
    finally:
        connection.close()


@pytest.mark.parametrize("name", ["send_outbound", "reconcile_stripe", "deliver_notices", "check_judges"])
def test_what_hangs_holds_one_thread_of_a_worker(name, request):
    task, silence = request.getfixturevalue(name)
    with ThreadPoolExecutor(THREADS) as worker:
        try:
            rings = [worker.submit(ring, task) for _ in range(3 * THREADS)]
            assert silence.reached.wait(SECONDS_MAX)
            assert worker.submit(ring, drops_tasks.close_windows).result(SECONDS_MAX) == 0
            # All others end, also those that were begun before the window's and are not through yet.
            ends = as_completed(rings, SECONDS_MAX)
            ended = [next(ends) for _ in rings[1:]]
            assert silence.calls == 1 and len({*rings} - {*ended}) == 1
        finally:
            silence.end()
    assert [each.exception() for each in rings] == [None] * len(rings)
