"""Accounts that seem to be one person's hold as many seats together as one agent may, never a whole drop."""

from __future__ import annotations

import pytest

from accounts.models import User
from drops.alerts.following import follow_pack
from drops.alerts.telling import followers_of
from drops.contest import seat_rules
from drops.contest.eligibility import Eligibility
from drops.contest.links import LinkKind, note_evidence, register, signs_of_payouts
from drops.models import Claim
from drops.models.alert import ANY_PACK
from tests.drops.browsing import text_of
from tests.play import NOON, after, claim, make_user, open_drop, prove

pytestmark = pytest.mark.django_db


def ring_of(number):
    """Accounts of one mailbox."""
    return [User.objects.create_user(f"ring+{each}@example.com", name=f"Ring {each}") for each in range(number)]


def claimed(drop, people, now=NOON):
    """Return how many of the people get a seat; the others are refused for it alone, and hold none."""
    for one in people:
        try:
            claim(drop, one, now=now)
        except seat_rules.SeatsOfLinked:
            assert not Claim.objects.of(one).active().filter(drop=drop).exists()
    return Claim.objects.active().filter(drop=drop, user__in=people).count()


def test_a_ring_of_newcomers_holds_one_seat_of_a_drop_and_of_all_drops(sender, agent):
    ring, drop = ring_of(5), open_drop(sender)
    assert claimed(drop, ring) == 1 and claimed(open_drop(sender), ring[1:]) == 0
    assert claim(drop, agent)


def test_a_ring_that_has_proven_itself_holds_three_of_five(sender):
    ring = ring_of(5)
    for number, one in enumerate(ring):
        prove(one, now=after(number * 1_000))
    drop = open_drop(sender, now=after(10_000))
    assert claimed(drop, ring, now=after(10_000)) == 3


def test_once_their_bells_have_rung_the_next_of_them_may(sender):
    first, second = ring_of(2)
    claim(open_drop(sender), first)
    assert claim(open_drop(sender, now=after(299)), second, now=after(301))


@pytest.fixture
def shared(monkeypatch):
    """Let the accounts named have one bank account."""
    people = set()
    register(LinkKind.PAYOUT, lambda user: ["one bank account"] if user.pk in people else [])
    yield people
    register(LinkKind.PAYOUT, signs_of_payouts)


def test_a_shared_bank_account_counts_as_a_mailbox_does_and_a_chain_of_both(sender, agent, rival, shared):
    first, second = ring_of(2)
    shared |= {second.pk, rival.pk}
    note_evidence(second, NOON)
    drop = open_drop(sender)
    assert claimed(drop, [first, rival, agent]) == 2 and not Claim.objects.of(rival).exists()


def test_whom_nothing_links_are_each_on_their_own(sender):
    drop = open_drop(sender)
    assert claimed(drop, [make_user(f"agent{number}") for number in range(5)]) == 5


def test_it_is_said_kindly_on_the_page_and_to_programs_and_names_nobody(sender, browse, at):
    first, second = ring_of(2)
    drop = open_drop(sender)
    claim(drop, first)
    at(NOON)
    page = browse(second).post(f"/drops/{drop.pk}/claim")
    assert page.status_code == 409 and "already hold as many seats as one agent may" in text_of(page)
    answer = browse(second).post(f"/api/jobs/{drop.pk}/claim", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "seats_of_linked_accounts")
    assert "retry_at" not in answer.json() and "ring+0" not in text_of(page) + answer.content.decode()


def test_pages_and_programs_know_it_before_anybody_tries(sender, agent, browse, at):
    first, second = ring_of(2)
    claim(open_drop(sender), first)
    note_evidence(second, NOON)
    drop = open_drop(sender)
    at(NOON)
    told = browse(second).get(f"/api/jobs/{drop.pk}").json()
    assert "claim" not in [known["action"] for known in told["allowed_actions"]]
    assert ("claim", "seats_of_linked_accounts") in [(one["action"], one["code"]) for one in told["refused_actions"]]
    assert "claim" in [known["action"] for known in browse(agent).get(f"/api/jobs/{drop.pk}").json()["allowed_actions"]]


def test_whom_nothing_links_are_asked_nothing_more(sender, agent, rival, django_assert_num_queries):
    for one in (agent, rival):
        note_evidence(one, NOON)
    drop = open_drop(sender)
    eligibility = Eligibility.of(agent, [drop], NOON)
    with django_assert_num_queries(1):
        seat_rules.require_another_seat(eligibility)


def rung_of(drop, people, now=NOON):
    """Those of the people who would be told of the drop by an alert."""
    for one in people:
        note_evidence(one, now)
        follow_pack(user=one, pack=ANY_PACK, min_price_cents=0, now=now)
    return {*followers_of(drop, now)}


@pytest.mark.parametrize("is_proven", [False, True])
def test_no_alert_rings_for_a_newcomer_of_whose_ring_another_holds_a_seat(sender, agent, is_proven):
    first, second = ring_of(2)
    if is_proven:
        prove(second)
    note_evidence(second, NOON)
    claim(open_drop(sender), first)
    assert rung_of(open_drop(sender), [second, agent]) == {agent, *[second] * is_proven}


@pytest.mark.parametrize("seats", [(2, 1, 0), (1, 1, 1), (1, 1, 0)])
def test_an_alert_rings_for_a_proven_ring_until_it_holds_three_seats_together(sender, agent, seats):
    ring, now = ring_of(3), after(10_000)
    for number, one in enumerate(ring):
        prove(one, now=after(number * 1_000))
    for one, number in zip(ring, seats, strict=True):
        for _ in range(number):
            claim(open_drop(sender, now=now), one, now=now)
    drop = open_drop(sender, now=now)
    assert rung_of(drop, [*ring, agent], now) == ({agent} if sum(seats) == 3 else {agent, *ring})


def test_however_many_hold_seats_an_alert_asks_as_often(sender, django_assert_num_queries):
    drop, ring = open_drop(sender), ring_of(9)
    rung_of(drop, ring)
    claim(open_drop(sender), ring[0])
    with django_assert_num_queries(7):
        assert not followers_of(drop, NOON).exists()
    others = [make_user(f"other+{number}") for number in range(9)]
    rung_of(drop, others)
    claim(open_drop(sender), others[0])
    with django_assert_num_queries(7):
        assert not followers_of(drop, NOON).exists()
