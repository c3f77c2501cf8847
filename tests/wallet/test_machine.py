"""Money in and out in any order, with Stripe at its worst: the books hold after each step, and agree at the end."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from core import clock
from core.errors import Refused
from tests.play import make_user
from tests.stripe_double import Fault, StripeDouble
from tests.wallet.stripe_play import Play
from tests.wallet.two_books import compare
from wallet import tasks
from wallet.books import invariants, ledger
from wallet.models import StripeEvent, Topup, Withdrawal
from wallet.reconciliation import reconcile

# So far ahead that no event has waited by the database's own clock.
START = datetime(2040, 1, 1, tzinfo=UTC)
PEOPLE = ["ada", "bob"]
FAULTS = [
    Fault.DECLINE,
    Fault.NEEDS_AUTHENTICATION,
    Fault.BALANCE_INSUFFICIENT,
    Fault.ERROR_SAVED,
    Fault.ERROR_SAVED_AFTER_EFFECT,
    Fault.ERROR_UNSAVED,
    Fault.RATE_LIMITED,
    Fault.DROP_BEFORE_EFFECT,
    Fault.DROP_AFTER_EFFECT,
    Fault.GARBLED,
    Fault.LANDS_LATER,
]
# A request that was thought lost arrives before this much time has passed.
LANDS_WITHIN_MINUTES = 20
ROUTES = ["POST /v1/transfers", "POST /v1/payment_intents", "POST /v1/checkout/sessions", "GET /v1/*"]
people, which = st.sampled_from(PEOPLE), st.integers(0, 9)
cents = st.sampled_from([500, 700, 1_500])


class Money(RuleBasedStateMachine):
    double: ClassVar[StripeDouble]
    patch: ClassVar[pytest.MonkeyPatch]

    def __init__(self):
        super().__init__()
        self.story = transaction.atomic()
        self.story.__enter__()
        self.double.faults.clear()
        self.double.in_flight.clear()
        self.double.shelf.things.clear()
        self.play = Play(self.double, now=START)
        self.patch.setattr(clock, "now", lambda: self.play.now)
        self.users = {name: make_user(name) for name in PEOPLE}
        self.escrows: list[str] = []
        self.references = itertools.count()
        for name in PEOPLE:
            self.play.connected(self.users[name])
            self.play.automatic(self.users[name], cents=600, threshold=100)

    def teardown(self):
        try:
            self.all_ends_well()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
            self.story.__exit__(None, None, None)

    def all_ends_well(self):
        """Stripe is well again, time passes, and every cent is where both books say."""
        self.double.faults.clear()
        self.double.land()
        for _ in range(8):
            self.double.deliver(self.play.post)
            tasks.send_outbound()
            self.play.wait(hours=7)
        assert not StripeEvent.objects.unprocessed().exists() and not Topup.objects.filter(status="unknown").exists()
        assert not Withdrawal.objects.filter(status="pending").exists()
        sent = self.double.shelf.all("transfer")
        assert {one["id"] for one in sent} == set(
            Withdrawal.objects.filter(status="completed").values_list("stripe_transfer_id", flat=True)
        )
        assert reconcile(now=self.play.now).difference_cents == 0 and invariants.broken() == []

    def attempt(self, verb, **arguments):
        """Whatever is refused has changed nothing, which the invariants see."""
        try:
            return verb(**arguments)
        except Refused:
            return None

    def one_of(self, things, which):
        return things[which % len(things)] if things else None

    @rule(name=people, cents=cents, comes_back=st.booleans())
    def top_up(self, name, cents, comes_back):
        topup = self.attempt(self.play.start, user=self.users[name], cents=cents)
        if topup is None:
            return
        self.double.pay(topup.stripe_session_id)
        if comes_back:
            self.bell()

    @rule(name=people, cents=cents)
    def spend(self, name, cents):
        reference = f"drop-{next(self.references)}"
        now = self.play.now
        hold = self.attempt(ledger.hold_prize, payer=self.users[name], reference=reference, amount_cents=cents, now=now)
        self.escrows += [f"{reference} {name}"] if hold else []

    @rule(name=people, which=which, pays=st.booleans())
    def end(self, name, which, pays):
        escrow = self.one_of(self.escrows, which)
        if escrow is None:
            return
        reference, payer = escrow.split()
        verb, given = (
            (ledger.pay_prize, {"payee": self.users[name], "fee_cents": 7})
            if pays
            else (
                ledger.refund_hold,
                {"payer": self.users[payer]},
            )
        )
        self.escrows.remove(escrow)
        verb(reference=reference, now=self.play.now, **given)

    @rule(name=people, cents=cents)
    def withdraw(self, name, cents):
        self.attempt(self.play.withdrawal, user=self.users[name], cents=cents)

    @rule()
    def bell(self):
        tasks.send_outbound()

    @rule(minutes=st.sampled_from([1, 20, 90, 3_000]))
    def time_passes(self, minutes):
        if minutes >= LANDS_WITHIN_MINUTES:
            self.double.land()
        self.play.wait(minutes=minutes)

    @rule(times=st.integers(1, 2), backwards=st.booleans())
    def hear(self, times, backwards):
        self.double.deliver(self.play.post, times=times, backwards=backwards)

    @rule(which=which, part=st.sampled_from([None, 100]))
    def refund(self, which, part):
        paid = [one for one in self.paid() if not one["disputed"] and one["amount_refunded"] < one["amount"]]
        charge = self.one_of(paid, which)
        if charge is not None:
            self.double.refund(charge, part)

    @rule(which=which)
    def refund_fails(self, which):
        refund = self.one_of(self.double.shelf.all("refund", lambda one: one["status"] == "succeeded"), which)
        if refund is not None:
            self.double.fail_refund(refund)

    @rule(which=which)
    def dispute(self, which):
        charge = self.one_of([one for one in self.paid() if not one["disputed"] and not one["amount_refunded"]], which)
        if charge is not None:
            self.double.dispute(charge)

    @rule(which=which, won=st.booleans(), part=st.sampled_from([None, 100]))
    def decide(self, which, won, part):
        dispute = self.one_of(self.double.shelf.all("dispute", lambda one: one["status"] == "needs_response"), which)
        if dispute is not None:
            self.double.win(dispute, part) if won else self.double.lose(dispute)

    @rule(which=which)
    def reverse(self, which):
        transfer = self.one_of(self.double.shelf.all("transfer", lambda one: not one["reversed"]), which)
        if transfer is not None:
            self.double.reverse(transfer)

    @rule(fault=st.sampled_from(FAULTS), route=st.sampled_from(ROUTES))
    def trouble(self, fault, route):
        self.double.next(route, fault)

    def paid(self):
        return self.double.shelf.all("charge", lambda one: one["status"] == "succeeded")

    @invariant()
    def books_hold(self):
        assert invariants.broken() == []

    @invariant()
    def no_cent_is_lost_or_made(self):
        compare(self.double.shelf)


@pytest.mark.django_db
def test_any_order_of_stories_and_faults_keeps_the_books(stripe_double, monkeypatch):
    Money.double, Money.patch = stripe_double, monkeypatch
    how = settings(
        max_examples=int(os.environ.get("CLORP_EXAMPLES", "5")),
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize="CLORP_EXAMPLES" not in os.environ,
        database=None,
    )
    run_machine(Money, settings=how)
