"""Any order of holds, payouts and refunds does what a dictionary of balances would do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User
from core.errors import Refused
from tests.machines import by_turns
from wallet.books import invariants, ledger
from wallet.models import Entry, Transfer

PEOPLE = 3
STEPS = st.one_of(
    st.tuples(st.just("topup"), st.integers(0, PEOPLE - 1), st.integers(0, 4), st.integers(1, 500)),
    st.tuples(st.just("hold"), st.integers(0, PEOPLE - 1), st.integers(0, 4), st.integers(1, 500)),
    st.tuples(st.just("pay"), st.integers(0, PEOPLE - 1), st.integers(0, 4), st.integers(0, 60)),
    st.tuples(st.just("refund"), st.integers(0, PEOPLE - 1), st.integers(0, 4), st.just(0)),
)


class Model:
    """A model of the ledger in plain Python: `step` says whether a move may happen."""

    def __init__(self):
        self.wallets = [0] * PEOPLE
        self.holds = {}  # drop -> (payer, cents)
        self.ends = {}  # drop -> step that ended it
        self.topups = {}

    def step(self, verb, who, drop, cents):
        return getattr(self, verb)(who, drop, cents)

    def topup(self, who, drop, cents):
        if drop not in self.topups:
            self.topups[drop] = (who, cents)
            self.wallets[who] += cents
        return self.topups[drop] == (who, cents)

    def hold(self, who, drop, cents):
        if drop in self.holds:
            return self.holds[drop] == (who, cents)
        if self.wallets[who] < cents:
            return False
        self.wallets[who] -= cents
        self.holds[drop] = (who, cents)
        return True

    def pay(self, who, drop, fee):
        if drop in self.holds and drop not in self.ends and self.holds[drop][1] > fee:
            self.wallets[who] += self.holds[drop][1] - fee
            self.ends[drop] = ("pay", who, fee)
        return self.ends.get(drop) == ("pay", who, fee)

    def refund(self, who, drop, _):
        if drop in self.holds and drop not in self.ends and self.holds[drop][0] == who:
            self.wallets[who] += self.holds[drop][1]
            self.ends[drop] = ("refund", who, 0)
        return self.ends.get(drop) == ("refund", who, 0)


@pytest.mark.usefixtures("now_of_class")
class TestAgainstModel(TestCase):
    def act(self, verb, who, drop, cents):
        user, reference, now = self.users[who], f"drop-{drop}", self.now
        call = {
            "topup": lambda: ledger.post_transfer(
                debit=ledger.Party(ledger.Kind.PLAY_CLEARING),
                credit=ledger.wallet_of(user),
                amount_cents=cents,
                reason=f"topup:play_{drop}",
                now=now,
            ),
            "hold": lambda: ledger.hold_prize(payer=user, reference=reference, amount_cents=cents, now=now),
            "pay": lambda: ledger.pay_prize(reference=reference, payee=user, fee_cents=cents, now=now),
            "refund": lambda: ledger.refund_hold(reference=reference, payer=user, now=now),
        }[verb]
        try:
            return isinstance(call(), Transfer)
        except (Refused, ledger.LedgerConflict):
            return False

    @given(steps=st.lists(STEPS, max_size=25))
    @hypothesis_settings(max_examples=by_turns(60), deadline=None)
    def test_every_step_ends_as_in_the_model(self, steps):
        self.users = [User.objects.create_user(f"{n}@example.com") for n in range(PEOPLE)]
        model = Model()
        for step in steps:
            assert self.act(*step) == model.step(*step), step
            assert [ledger.balance_cents(user) for user in self.users] == model.wallets
        for drop, (_, cents) in model.holds.items():
            assert ledger.escrow_cents(f"drop-{drop}") == (0 if drop in model.ends else cents)
        assert Entry.objects.count() == 2 * Transfer.objects.count()
        assert invariants.broken() == []


@pytest.fixture(name="now_of_class")
def _now_of_class(request, now):
    request.cls.now = now
