"""Fraud with cards, against the Stripe double: what leaves in the first day, and what of it all the house gets back.

A thief tries on every hour of the first four days and once a day afterwards, as a script would. Staff return each
payout that is held. What users still owe in the end is the house's loss.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from unittest import mock

from django.db import transaction
from django.test import override_settings

from accounts.models import User
from core import clock
from core.errors import Refused
from tests.bench.support.rows import Row, at_least, at_most
from tests.play import own_transaction
from tests.stripe_double import StripeDouble
from tests.wallet.stripe_play import Play, token
from wallet import tasks
from wallet.books import invariants, ledger
from wallet.books.earnings import earnings_of, held_prizes
from wallet.models import Account, CardRefund, HeldPayout, Topup, Transfer
from wallet.money_in.card_refunds import start_card_refund
from wallet.money_out.held_payouts import return_payout, settle_prize

PRIZE_CENTS = 20_000
DAYS_PLAYED = 30
# What a prize waited before there were rules about the card behind it.
HOLD_DAYS = 2
HOURS = [*range(1, 96), *range(96, DAYS_PLAYED * 24 + 1, 24)]


class Story:
    """Some people with cards and accounts at Stripe, and the hours that pass for them."""

    def __init__(self, double: StripeDouble) -> None:
        double.faults.clear()
        double.shelf.things.clear()
        double.shelf.paid_out.clear()
        self.double, self.play = double, Play(double)
        self.began_at = self.play.now
        self.references: list[tuple[str, User, User]] = []
        self.out_first_day = 0

    def person(self, name: str) -> User:
        user = User.objects.create_user(f"{name}-{token()}@example.com", name=name)
        self.play.connected(user)
        return user

    def tops_up_all_it_may(self, user: User, times: int) -> int:
        """Return how many cents came in by as many payments of $1,000."""
        for _ in range(times):
            with suppress(Refused):
                self.play.topped_up(user, 100_000)
        return sum(Topup.objects.filter(user=user, status="succeeded").values_list("amount_cents", flat=True))

    def posts(self, payer: User, payee: User, most: int = 100) -> None:
        """As many drops as the wallet pays for, each of which the other is to win."""
        with suppress(Refused):
            for _ in range(most):
                reference = f"drill-{token()}"
                now = self.play.now
                ledger.hold_prize(payer=payer, reference=reference, amount_cents=PRIZE_CENTS, now=now)
                self.references.append((reference, payer, payee))

    def decides(self) -> None:
        """Every drop finds its winner."""
        for reference, payer, payee in self.references:
            settle_prize(reference=reference, payer=payer, payee=payee, fee_cents=0, now=self.play.now)
        self.references.clear()

    def grabs(self, *people: User) -> None:
        """Everybody withdraws all they can, and the worker comes round."""
        for user in people:
            with suppress(Refused):
                self.play.send(self.play.withdrawal(user, earnings_of(user, self.play.now).withdrawable_cents))
        if self.play.now - self.began_at <= timedelta(days=1):
            self.out_first_day = self.sent_cents()

    def is_disputed(self) -> None:
        for topup in Topup.objects.arrived().exclude(pk__in=Topup.objects.in_doubt()):
            self.double.dispute(topup.stripe_session_id)
        self.play.deliver()

    def staff_return_what_is_held(self) -> None:
        staff = User.objects.create_superuser(f"staff-{token()}@example.com", "a good password")
        # What a prize has paid for comes first, as staff are told.
        for payout in HeldPayout.objects.open().order_by("-pk"):
            return_payout(payout=payout, staff=staff, told="Stolen.", reason="The card was stolen.", now=self.play.now)

    def sent_cents(self) -> int:
        return sum(one["amount"] - one["amount_reversed"] for one in self.double.shelf.all("transfer"))

    def lost_cents(self) -> int:
        owed = Account.objects.filter(kind=Account.Kind.DEBT).values_list("balance", flat=True)
        return -sum(owed)


def cash_out(story: Story) -> list[Row]:
    """One new account: card, wallet, bank."""
    thief = story.person("thief")
    taken = story.tops_up_all_it_may(thief, 19)
    for _ in range(24):
        story.grabs(thief)
        story.play.wait(hours=1)
    story.is_disputed()
    return [
        at_most("cash-out: stolen of $19,000 tried", taken / 100, "$", 1_000),
        at_most("cash-out: out in 24 h", story.out_first_day / 100, "$", 0),
        at_least("cash-out: recovered", share(taken, story), "%", 100),
    ]


def accomplice(dispute_day: float, *, decided_first: bool, links: int = 1) -> Callable[[Story], list[Row]]:
    """The card pays drops that an accomplice wins; with two links a second accomplice wins the winner's drops."""

    def play(story: Story) -> list[Row]:
        people = [story.person(f"thief{number}") for number in range(links + 1)]
        taken = story.tops_up_all_it_may(people[0], 5)
        story.posts(people[0], people[1])
        disputed = False
        for hour in [0, *HOURS]:
            story.play.wait(seconds=(story.began_at + timedelta(hours=hour) - story.play.now).total_seconds())
            if decided_first or disputed:
                pass_on(story, people)
            if not disputed and hour >= dispute_day * 24:
                story.is_disputed()
                disputed = True
            story.grabs(*people)
        story.staff_return_what_is_held()
        order = "after" if decided_first else "before"
        name = f"{'accomplice' if links == 1 else 'chain of two'}, dispute on day {dispute_day:g}, {order} payout"
        return [
            at_most(f"{name}: out in 24 h", story.out_first_day / 100, "$", 0),
            at_least(f"{name}: recovered", share(taken, story), "%", 100),
        ]

    return play


def pass_on(story: Story, people: list[User]) -> None:
    story.decides()
    for payer, payee in pairwise(people[1:]):
        story.posts(payer, payee)
        story.decides()


def ring_of_five(story: Story) -> list[Row]:
    """One card pays for a drop for each of five accounts that hold all seats; disputed after three days."""
    payer, *ring = [story.person(f"thief{number}") for number in range(6)]
    taken = story.tops_up_all_it_may(payer, 5)
    for winner in ring:
        story.posts(payer, winner, most=1)
    story.decides()
    for day in range(DAYS_PLAYED):
        if day == 3:
            story.is_disputed()
        story.grabs(*ring)
        story.play.wait(days=1)
    story.staff_return_what_is_held()
    return [
        at_most("ring of five: out in 24 h", story.out_first_day / 100, "$", 0),
        at_least("ring of five: recovered", share(taken, story), "%", 100),
    ]


def circles(story: Story) -> list[Row]:
    """Top-up and back to the card, fifty times within a month."""
    user = story.person("walker")
    for _ in range(50):
        with suppress(Refused):
            topup = story.play.topped_up(user, 5_000)
            start_card_refund(user=user, topup_id=topup.pk, now=story.play.now)
        run_worker()
        story.play.wait(hours=12)
    borne = sum(CardRefund.objects.exclude(status="failed").values_list("fee_cents", flat=True))
    fees = sum(Transfer.objects.filter(kind="stripe_fee").values_list("amount", flat=True))
    return [
        at_most("circles: fees for money that went back", borne / 100, "$", 5),
        Row("circles: all fees paid to Stripe", fees / 100, "$"),
    ]


def honest(story: Story) -> list[Row]:
    """Ten senders, of whom six have sent before, and their agents: how long prizes wait, and how many are held."""
    regulars, newcomers = [story.person(f"sender{n}") for n in range(6)], [story.person(f"new{n}") for n in range(4)]
    for sender in regulars:
        _wait_of_prize(story, sender)
    story.play.wait(days=100)
    known, new = ([_wait_of_prize(story, one) for one in senders] for senders in (regulars, newcomers))
    return [
        at_most("honest: first prize of a new sender waits", max(new), "days", 7),
        at_most("honest: prize of a regular sender waits", max(known), "days", HOLD_DAYS),
        at_most("honest: median wait, six of ten senders regular", median(known + new), "days", HOLD_DAYS),
        at_most("honest: prizes held for staff", HeldPayout.objects.count(), "", 0),
    ]


def _wait_of_prize(story: Story, sender: User) -> float:
    """Let a new agent win a drop that the sender's card pays for at once; return for how many days they wait."""
    agent = story.person("agent")
    story.play.topped_up(sender, PRIZE_CENTS)
    story.posts(sender, agent)
    story.decides()
    until = held_prizes(agent, story.play.now)[-1].until
    assert until is not None
    return (until - story.play.now) / timedelta(days=1)


def share(taken: int, story: Story) -> float:
    return 100 * (1 - story.lost_cents() / taken)


def run_worker() -> None:
    tasks.send_outbound()


SCRIPTS: list[Callable[[Story], list[Row]]] = [
    cash_out,
    *(accomplice(day, decided_first=first) for day in (0, 1, 3) for first in (False, True)),
    accomplice(3, decided_first=True, links=2),
    ring_of_five,
    circles,
    honest,
]


def play_all(double: StripeDouble) -> Iterator[Row]:
    """Play each script in books of its own, which have to be in order at its end."""
    for script in SCRIPTS:
        with own_transaction():
            story = Story(double)
            with mock.patch.object(clock, "now", lambda story=story: story.play.now):
                yield from script(story)
                run_worker()
            assert [case.name for case in invariants.broken() if case.name != "I14"] == []
            transaction.set_rollback(True)


@contextmanager
def at_the_double() -> Iterator[StripeDouble]:
    with StripeDouble() as double, mock.patch.dict(os.environ, NO_PROXY="127.0.0.1"):
        given: dict[str, Any] = {**double.environment, "PLAY_MONEY": False, "STRIPE_RETRIES_MAX": 0}
        with override_settings(**given):
            yield double


def run() -> list[Row]:
    with at_the_double() as double:
        return list(play_all(double))
