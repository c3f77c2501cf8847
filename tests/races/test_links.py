"""Accounts that seem to be one person's, at several drops at once; and what is noted of them while drops are judged."""

from __future__ import annotations

from functools import partial
from threading import Thread

import pytest
from django.db import connection, transaction

from accounts.models import User
from core.errors import Refused
from drops.contest.links import find_link, note_evidence
from drops.contest.seat_rules import SeatsOfLinked
from drops.models import Claim, Drop, LinkEvidence
from tests.play import NOON, after, claim, enter, make_user, open_drop, prove, ring
from tests.races.crowd import SECONDS_MAX, at_once, crashed, somebody_waits_for_our_lock, wait_for

pytestmark = pytest.mark.usefixtures("ledger_db")
ROUNDS = range(3)


def one_mailbox(number):
    return [User.objects.create_user(f"ring+{each}@example.com", name=f"Ring {each}") for each in range(number)]


@pytest.mark.parametrize("are_noted", [False, True])
@pytest.mark.parametrize("attempt", ROUNDS)
def test_five_accounts_of_one_mailbox_at_five_drops_hold_one_seat(attempt, are_noted, sender):
    people, drops = one_mailbox(5), [open_drop(sender) for _ in range(5)]
    for one in people * are_noted:
        note_evidence(one, NOON)
    results = at_once([partial(claim, drop, one) for drop, one in zip(drops, people, strict=True)])
    assert crashed(results) == [] and sum(isinstance(result, SeatsOfLinked) for result in results) == 4
    assert Claim.objects.active().count() == 1


def test_once_all_are_proven_they_hold_three(sender):
    people = one_mailbox(5)
    for number, one in enumerate(people):
        prove(one, now=after(number * 1_000))
    now = after(10_000)
    drops = [open_drop(sender, now=now) for _ in range(5)]
    results = at_once([partial(claim, drop, one, now=now) for drop, one in zip(drops, people, strict=True)])
    assert crashed(results) == [] and sum(isinstance(result, Claim) for result in results) == 3


@pytest.mark.parametrize("attempt", ROUNDS)
def test_the_ends_of_a_chain_hold_one_seat(attempt, sender):
    first, second = one_mailbox(2)
    third, last = make_user("third"), make_user("last")
    note_evidence(second, NOON)
    tied = [(second, "payout", "bank"), (third, "payout", "bank"), (third, "card", "card"), (last, "card", "card")]
    for one, kind, digest in tied:
        LinkEvidence.objects.create(user=one, kind=kind, digest=digest, created_at=NOON)
    results = at_once([partial(claim, open_drop(sender), one) for one in (first, last)])
    assert crashed(results) == [] and sum(isinstance(result, Claim) for result in results) == 1


@pytest.mark.parametrize("who", ["sender", "winner"])
def test_a_claim_that_waits_for_a_drop_keeps_its_verdict_waiting_for_nothing(who, sender, agent):
    drop, players = open_drop(sender), {"sender": sender, "winner": agent}
    enter(drop, agent)
    User.objects.filter(pk=agent.pk).update(email="moved@example.com")
    ring(drop)
    agent.refresh_from_db()
    ended = []

    def claim_it():
        try:
            claim(drop, players[who], now=after(400))
        except Refused as refusal:
            ended.append(refusal)
        finally:
            connection.close()

    claiming = Thread(target=claim_it)
    with transaction.atomic():
        Drop.objects.lock(drop.pk)
        claiming.start()
        wait_for(somebody_waits_for_our_lock)
        assert not find_link(sender, agent, after(400))
    claiming.join(SECONDS_MAX)
    assert len(ended) == 1


@pytest.mark.parametrize("attempt", ROUNDS)
def test_verdicts_on_each_others_drops_note_both_in_one_order(attempt):
    pairs = [(make_user(f"one{number}"), make_user(f"other{number}")) for number in range(6)]

    def verdict(one, other):
        with transaction.atomic():
            return find_link(one, other, NOON)

    calls = [partial(verdict, *people) for pair in pairs for people in (pair, pair[::-1])]
    assert at_once(calls) == [False] * 12
