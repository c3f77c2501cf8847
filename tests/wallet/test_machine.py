"""Money in and out in any order, with Stripe at its worst: the books hold after each step, and agree at the end."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.conf import settings as site_settings
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from accounts.models import User
from core import clock
from core.errors import Refused
from tests.machines import run_machine
from tests.play import make_user, own_transaction
from tests.stripe_double import StripeDouble
from tests.wallet.changing_hands import PEOPLE, ChangesHands
from tests.wallet.stripe_play import Play
from tests.wallet.troubles import FAULTS, ROUTES
from tests.wallet.two_books import compare
from wallet import tasks
from wallet.books import caps, freezes, invariants, ledger
from wallet.books.earnings import earnings_of
from wallet.models import (
    CardRefund,
    Dispute,
    FraudWarning,
    HeldPayout,
    PaymentProfile,
    Recall,
    StripeEvent,
    Topup,
    Transfer,
    Withdrawal,
)
from wallet.money_in.card_refunds import returnable_to_cards, start_card_refund
from wallet.money_in.taint import clear_topup
from wallet.money_out.held_payouts import doubt_about, release_payout, return_payout, settle_prize
from wallet.reconciliation import reconcile

# So far ahead that no event has waited by the database's own clock.
START = datetime(2040, 1, 1, tzinfo=UTC)
# A request that was thought lost arrives before this much time has passed.
LANDS_WITHIN_MINUTES = 20
people, which = st.sampled_from(PEOPLE), st.integers(0, 9)
cents = st.sampled_from([500, 700, 1_500])


class Money(ChangesHands, RuleBasedStateMachine):
    double: ClassVar[StripeDouble]
    patch: ClassVar[pytest.MonkeyPatch]

    def __init__(self):
        super().__init__()
        self.story = own_transaction()
        self.story.__enter__()
        self.double.faults.clear()
        self.double.in_flight.clear()
        self.double.shelf.things.clear()
        self.play = Play(self.double, now=START)
        self.patch.setattr(clock, "now", lambda: self.play.now)
        self.users = {name: make_user(name) for name in PEOPLE}
        self.staff = User.objects.create_superuser("staff@example.com", "a good password")
        self.escrows: list[str] = []
        self.prizes: list[str] = []
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
            tasks.reconcile_stripe()
            self.play.wait(hours=7)
        assert not StripeEvent.objects.unprocessed().exists() and not Topup.objects.filter(status="unknown").exists()
        assert not any(rows.objects.filter(status="pending").exists() for rows in (Withdrawal, CardRefund, Recall))
        sent = self.double.shelf.all("transfer")
        assert {one["id"] for one in sent} == set(
            Withdrawal.objects.filter(status="completed").values_list("stripe_transfer_id", flat=True)
        )
        assert reconcile(now=self.play.now).is_whole and invariants.broken() == []
        self.whatever_stripe_doubts_is_frozen()
        before = set(Transfer.objects.values_list("reason"))
        self.play.deliver(events=self.double.events(), backwards=True)
        assert set(Transfer.objects.values_list("reason")) == before, "An event that came late has moved money."

    def whatever_stripe_doubts_is_frozen(self):
        for dispute in self.double.shelf.all("dispute", lambda one: one["status"] == "needs_response"):
            assert freezes.is_disputed(Dispute.objects.get(pk=dispute["id"]).user)
        for warning in self.double.shelf.all("radar.early_fraud_warning"):
            assert FraudWarning.objects.filter(pk=warning["id"]).exists()

    def attempt(self, verb, **arguments):
        """Return the verb's answer, or None if it is refused; then it has changed nothing, which the invariants see."""
        try:
            with own_transaction():
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
        self.escrows.remove(escrow)
        given = {"reference": reference, "payer": self.users[payer], "now": self.play.now}
        if not pays:
            ledger.refund_hold(**given)
            return
        doubtful = doubt_about(reference)
        held = settle_prize(payee=self.users[name], fee_cents=7, **given)
        assert (held is not None) == (doubtful is not None)
        self.prizes.append(escrow)

    @rule(name=people, cents=cents)
    def withdraw(self, name, cents):
        self.attempt(self.play.withdrawal, user=self.users[name], cents=cents)

    @rule(name=people, which=which)
    def send_back(self, name, which):
        one = self.one_of(returnable_to_cards(self.users[name]), which)
        if one is not None:
            self.attempt(start_card_refund, user=self.users[name], topup_id=one.topup.pk, now=self.play.now)

    @rule(which=which)
    def warn(self, which):
        charge = self.one_of([one for one in self.paid() if not one["disputed"] and not one["refunded"]], which)
        if charge is not None:
            self.double.warn(charge)

    @rule(which=which, verb=st.sampled_from([release_payout, return_payout]))
    def staff_decide(self, which, verb):
        payout = self.one_of(list(HeldPayout.objects.open().order_by("pk")), which)
        if payout is not None:
            words = {"told": "We looked.", "reason": "Looked at."}
            self.attempt(verb, payout=payout, staff=self.staff, now=self.play.now, **words)

    @rule(which=which)
    def staff_trust(self, which):
        topup = self.one_of(list(Topup.objects.in_doubt().order_by("pk")), which)
        if topup is not None:
            self.attempt(clear_topup, topup=topup, staff=self.staff, reason="Looked at.", now=self.play.now)

    @rule()
    def bell(self):
        before = len(self.double.requests)
        tasks.send_outbound()
        sent = [call for call in self.double.requests[before:] if call.route == "POST /v1/transfers"]
        frozen = PaymentProfile.objects.filter(user__in=[one for one in self.users.values() if freezes.is_frozen(one)])
        accounts = set(frozen.values_list("stripe_account_id", flat=True))
        assert [call for call in sent if call.params["destination"] in accounts] == []

    @rule(minutes=st.sampled_from([1, 20, 90, 3_000]))
    def time_passes(self, minutes):
        if minutes >= LANDS_WITHIN_MINUTES:
            self.double.land()
        self.play.wait(minutes=minutes)

    @rule(times=st.integers(1, 2), backwards=st.booleans())
    def hear(self, times, backwards):
        self.double.deliver(self.play.post, times=times, backwards=backwards)

    @rule()
    def lose(self):
        """Lose the events that Stripe has sent so far: they count as delivered, and were not."""
        self.double.drop()

    @rule()
    def compare(self):
        tasks.reconcile_stripe()

    @rule(which=which, part=st.sampled_from([None, 100]))
    def refund(self, which, part):
        charge = self.one_of([one for one in self.paid() if self.left_of(one)], which)
        if charge is not None:
            self.double.refund(charge, min(part or self.left_of(charge), self.left_of(charge)))

    @rule(which=which)
    def refund_fails(self, which):
        refund = self.one_of(self.double.shelf.all("refund", lambda one: one["status"] == "succeeded"), which)
        if refund is not None:
            self.double.fail_refund(refund)

    @rule(which=which, part=st.sampled_from([None, 300]))
    def dispute(self, which, part):
        charge = self.one_of([one for one in self.paid() if not one["disputed"] and self.left_of(one)], which)
        if charge is not None:
            self.double.dispute(charge, min(part or self.left_of(charge), self.left_of(charge)))

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

    def left_of(self, charge):
        """The cents of a payment that were neither refunded nor disputed."""
        disputes = self.double.shelf.all("dispute", lambda one: one["charge"] == charge["id"])
        return charge["amount"] - charge["amount_refunded"] - sum(one["amount"] for one in disputes)

    @invariant()
    def books_hold(self):
        assert invariants.broken() == []

    @invariant()
    def nobody_moves_more_than_they_may(self):
        for user, days in itertools.product(self.users.values(), (1, 30)):
            recent = {"user": user, "created_at__gt": self.play.now - timedelta(days=days)}
            added = Topup.objects.filter(status="succeeded", **recent).values_list("amount_cents", flat=True)
            sent = Withdrawal.objects.exclude(status="failed").filter(**recent).values_list("amount_cents", flat=True)
            rooms = caps.topup_room(user, self.play.now), caps.withdrawal_room(user, self.play.now)
            most = [room.day_cents if days == 1 else room.month_cents for room in rooms]
            assert sum(added) <= most[0] and sum(sent) <= most[1]

    @invariant()
    def a_payment_is_in_doubt_while_anything_about_it_is(self):
        doubted = set(Topup.objects.in_doubt().values_list("pk", flat=True))
        assert set(HeldPayout.objects.open().values_list("topup", flat=True)) <= doubted
        assert set(Dispute.objects.filter(is_open=True).values_list("topup", flat=True)) <= doubted

    @invariant()
    def what_is_in_doubt_is_not_withdrawn(self):
        for user in self.users.values():
            earnings = earnings_of(user, self.play.now)
            in_doubt = HeldPayout.objects.open().filter(payee=user, was_paid=True)
            held = min(earnings.earned_cents, sum(in_doubt.values_list("amount_cents", flat=True)))
            assert 0 <= earnings.withdrawable_cents <= earnings.earned_cents - held

    @invariant()
    def no_cent_is_lost_or_made(self):
        compare(self.double.shelf)


@pytest.mark.django_db
def test_any_order_of_stories_and_faults_keeps_the_books(stripe_double, monkeypatch):
    Money.double, Money.patch = stripe_double, monkeypatch
    for name, most in (("TOPUP", (4_000, 9_000)), ("WITHDRAWAL", (1_200, 2_000)), ("CAPS_TIMES", (1,))):
        spans = ("MAX",) if len(most) == 1 else ("DAY_CENTS_MAX", "MONTH_CENTS_MAX")
        for span, value in zip(spans, most, strict=True):
            monkeypatch.setattr(site_settings, f"{name}_{span}", value)
    # Short enough for prizes to become old within a story, and long enough for doubt to come before.
    monkeypatch.setattr(site_settings, "TOPUP_HOLD_SECONDS", 86_400)
    monkeypatch.setattr(site_settings, "PRIZE_HOLD_SECONDS", 3_600)
    monkeypatch.setattr(site_settings, "FRAUD_WARNING_REFUND_CENTS_MAX", 700)
    run_machine(Money, examples=5, steps=40)
