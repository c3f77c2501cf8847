"""Claim, release, lapse, submit: seats, leases, cooldowns, revisions, all by the clock at the request."""

import hashlib

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from core.errors import Invalid, Suspended
from drops.contest import competing, rules, seat_rules
from drops.models import Claim, Cooldown, Drop, Revision, Submission
from tests.play import NOON, after, claim, enter, make_user, open_drop, prove, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop(sender):
    return open_drop(sender)


def test_five_agents_fill_the_seats_and_the_sixth_is_refused(drop):
    agents = [make_user(f"agent{n}") for n in range(6)]
    assert {claim(drop, agent).seat for agent in agents[:5]} == {1, 2, 3, 4, 5}
    with pytest.raises(rules.DropFull):
        claim(drop, agents[5])
    drop.refresh_from_db()
    assert (drop.claims_count, Claim.objects.count()) == (5, 5)


def test_a_claim_holds_its_seat_for_forty_percent_of_the_window(drop, agent):
    assert claim(drop, agent, now=after(10)).lease_expires_at == after(130)


def test_a_short_windows_lease_lasts_a_minute_but_never_past_the_bell(sender, agent):
    drop = open_drop(sender, window_seconds=60)
    assert claim(drop, agent, now=after(20)).lease_expires_at == after(60)


def test_a_sender_cannot_claim_their_own_drop(drop, sender):
    with pytest.raises(rules.OwnDrop):
        claim(drop, sender)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(drop=drop, user=sender, seat=1, created_at=NOON)
    assert not Claim.objects.exists()


def test_an_agent_holds_one_seat_a_drop_and_three_in_all(sender, agent):
    prove(agent)
    drops = [open_drop(sender, window_seconds=300 + n) for n in range(4)]
    for drop in drops[:3]:
        claim(drop, agent)
    with pytest.raises(rules.AlreadyClaimed):
        claim(drops[0], agent)
    with pytest.raises(seat_rules.TooManyClaims) as refusal:
        claim(drops[3], agent)
    assert refusal.value.retry_at == after(300)
    assert Claim.objects.filter(drop__in=drops).count() == 3


def test_seats_whose_leases_are_over_count_no_more_though_no_sweep_came(sender, agent):
    prove(agent)
    for number in range(3):
        claim(open_drop(sender, window_seconds=1000 + number), agent)
    last = open_drop(sender, window_seconds=1003)
    assert claim(last, agent, now=after(401)).seat in range(1, 6)


@pytest.mark.parametrize("seconds", [300, 300.000001, 900])
def test_the_clock_refuses_claims_from_the_bell_on_though_no_worker_has_closed(drop, agent, seconds):
    with pytest.raises(rules.WindowOver):
        claim(drop, agent, now=after(seconds))
    assert not Claim.objects.exists()


def test_letting_go_frees_the_seat_and_cools_down_for_a_tenth_of_the_window_and_what_it_was_held(drop, agent):
    claim(drop, agent)
    competing.release_claim(drop_id=drop.pk, agent=agent, now=after(5))
    drop.refresh_from_db()
    assert drop.claims_count == 0
    with pytest.raises(rules.CoolingDown) as refusal:
        claim(drop, agent, now=after(34))
    assert (refusal.value.status, refusal.value.retry_at) == (429, after(40))
    assert claim(drop, agent, now=after(40)).is_active


def test_a_seat_is_kept_once_something_was_submitted(drop, agent):
    enter(drop, agent)
    with pytest.raises(rules.SeatKept):
        competing.release_claim(drop_id=drop.pk, agent=agent, now=after(5))
    drop.refresh_from_db()
    assert (drop.claims_count, drop.submissions_count) == (1, 1)


def test_a_lapsed_lease_frees_the_seat_and_cools_down_to_the_bell(drop, agent):
    held = claim(drop, agent)
    assert not competing.lapse_claim(claim=held, now=after(119.999999))
    assert competing.lapse_claim(claim=held, now=after(120))
    held.refresh_from_db()
    drop.refresh_from_db()
    assert (held.end_reason, drop.claims_count) == ("lapsed", 0)
    assert Cooldown.objects.get().expires_at == drop.window_closes_at


def test_a_lapsed_seat_is_free_at_once_even_before_the_sweep(drop, rival):
    for n in range(5):
        claim(drop, make_user(f"agent{n}"))
    assert claim(drop, rival, now=after(120)).is_active
    drop.refresh_from_db()
    assert drop.claims_count == 1


def test_a_submission_after_the_lease_is_refused_though_no_sweep_came_by(drop, agent):
    claim(drop, agent)
    with pytest.raises(rules.SeatLapsed):
        submit(drop, agent, now=after(120))
    assert not Submission.objects.exists()


def test_submissions_are_accepted_to_the_last_microsecond_and_refused_from_the_bell(drop, agent):
    enter(drop, agent)
    assert submit(drop, agent, "in time", now=after(299.999999)).number == 2
    for seconds in (300, 300.000001):
        with pytest.raises(rules.WindowOver):
            submit(drop, agent, "too late", now=after(seconds))
    assert Submission.objects.get().latest.body == "in time"


def test_a_receipt_names_the_revision_its_time_and_its_digest(drop, agent):
    receipt = enter(drop, agent, "Café", now=after(3))
    assert (receipt.number, receipt.received_at) == (1, after(3))
    assert receipt.sha256 == hashlib.sha256("Café".encode()).hexdigest()


def test_ten_revisions_are_kept_and_the_eleventh_is_refused(drop, agent):
    claim(drop, agent)
    for n in range(10):
        submit(drop, agent, f"try {n}")
    with pytest.raises(competing.TooManyRevisions):
        submit(drop, agent, "try 10")
    assert Submission.objects.get().latest.body == "try 9"
    assert Revision.objects.count() == 10


def test_revisions_are_immutable_in_the_database(drop, agent):
    enter(drop, agent)
    for change in (lambda: Revision.objects.update(body="better"), lambda: Revision.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_repeated_request_gets_its_receipt_again(drop, agent):
    claim(drop, agent)
    first, second = (submit(drop, agent, "once", idempotency_key="k") for _ in range(2))
    assert first == second
    assert Revision.objects.count() == 1


@pytest.mark.parametrize("body", ["", "  \n ", "a\x00b", "\udfff", "x" * 200_001])
def test_an_entry_that_is_no_text_is_refused_and_keeps_the_lease_running(drop, agent, body):
    claim(drop, agent)
    with pytest.raises(Invalid) as refusal:
        submit(drop, agent, body)
    assert list(refusal.value.errors) == ["body"]
    assert Claim.objects.get().lease_expires_at == after(120)


def test_whoever_holds_no_seat_submits_nothing(drop, agent, sender):
    for user in (agent, sender):
        with pytest.raises(rules.NoSeat):
            submit(drop, user)
    assert not Submission.objects.exists()


def test_submitting_leaves_no_time_on_the_drop(drop, agent):
    enter(drop, agent, now=after(77))
    drop.refresh_from_db()
    assert drop.updated_at == NOON


def test_a_drop_that_closes_when_full_is_due_once_all_seats_submitted(sender):
    drop = open_drop(sender, close_when_full=True)
    for n in range(5):
        assert not Drop.objects.due(after(1)).exists()
        enter(drop, make_user(f"agent{n}"))
    assert Drop.objects.due(after(1)).get() == drop


def test_a_suspended_agent_neither_claims_nor_submits(drop, agent):
    claim(drop, agent)
    agent.suspended_at, agent.suspended_reason = NOON, "spam"
    agent.save()
    for act in (claim, submit):
        with pytest.raises(Suspended):
            act(drop, agent)
    assert not Submission.objects.exists()


def test_a_lease_that_ends_with_the_bell_does_not_lapse_before_the_drop_is_closed(sender, agent):
    drop = open_drop(sender, window_seconds=60)
    seat = claim(drop, agent)
    assert not Claim.objects.lease_over(after(60)).exists() and not competing.lapse_claim(claim=seat, now=after(60))
    assert not Claim.objects.of(agent).given_up(since=NOON, now=after(61)).exists()
    assert not seat.has_lapsed(drop, after(61))
