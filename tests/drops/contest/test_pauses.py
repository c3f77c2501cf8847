"""A part that staff have paused is refused at every door, and no agent loses anything by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from accounts.switching import resume
from core.switches import Part, Paused
from drops import tasks
from drops.contest import closing, competing, drafts, funding, posting, rules
from drops.judging.appointing import appointment_of
from drops.models import Claim, Drop, Revision
from drops.moderation import people
from tests.admin_site import logged_in
from tests.api import Api, hold_clock
from tests.play import (
    NOON,
    after,
    claim,
    finished_drop,
    fund,
    make_user,
    open_drop,
    pause_part,
    post_drop,
    prove,
    staff_as,
    submit,
)

pytestmark = pytest.mark.django_db
TOLD = "Our bank is away."


@pytest.fixture
def lead(db):
    return staff_as("lead")


@pytest.fixture
def paused(db):
    """`paused(part)` pauses it for an hour from NOON on."""
    return pause_part


def test_while_posting_is_paused_nothing_is_posted_paid_or_posted_again(sender, agent, paused):
    unpaid, done = post_drop(sender), finished_drop(sender, agent)
    fund(sender)
    paused(Part.POSTING)
    acts = [
        lambda: post_drop(sender),
        lambda: posting.pay_for_drop(drop=unpaid, sender=sender, now=NOON),
        lambda: posting.reroll_drop(drop=done, sender=sender, now=NOON),
        lambda: funding.open_funded(drop=unpaid, now=NOON),
    ]
    for act in acts:
        with pytest.raises(Paused) as refusal:
            act()
        assert refusal.value.retry_at == after(3_600)
    assert Drop.objects.count() == 2 and not Drop.objects.filter(status="open").exists()
    posting.pay_for_drop(drop=unpaid, sender=sender, now=after(3_600))


def test_a_drop_that_nobody_can_pay_for_is_not_cleared_away_meanwhile(sender, paused):
    drop = post_drop(sender)
    paused(Part.POSTING, now=after(86_000))
    with pytest.raises(Paused):
        posting.abandon_unpaid_drop(drop=drop, now=after(86_500))
    assert posting.abandon_unpaid_drop(drop=drop, now=after(86_000 + 3_600)).status == "cancelled"


@pytest.mark.parametrize("is_ended_early", [False, True])
def test_the_end_of_a_pause_gives_whoever_could_not_pay_a_day(is_ended_early, sender, lead, paused, monkeypatch):
    drop, end = post_drop(sender), 86_000 + (600 if is_ended_early else 3_600)
    switch = paused(Part.POSTING, now=after(86_000))
    hold_clock(monkeypatch, after(86_500))
    assert tasks.abandon_unpaid() == 0
    if is_ended_early:
        resume(switch=switch, staff=lead, reason="Mended.", now=after(end))
    for second, is_cleared in ((end, 0), (end + 86_399, 0), (end + 86_400, 1)):
        hold_clock(monkeypatch, after(second))
        assert tasks.abandon_unpaid() == is_cleared, second
    drop.refresh_from_db()
    assert drop.outcome_reason == "unpaid"


def test_while_claims_are_paused_no_seat_is_taken_and_those_held_go_on(sender, agent, rival, paused):
    drop = open_drop(sender)
    claim(drop, agent)
    paused(Part.CLAIMS)
    with pytest.raises(Paused):
        claim(drop, rival, now=after(1))
    assert submit(drop, agent, now=after(2)).number == 1 and Claim.objects.count() == 1


def test_pages_say_so_beforehand_and_programs_are_told_why_and_until_when(sender, agent, paused, monkeypatch):
    hold_clock(monkeypatch, after(10))
    drop = open_drop(sender)
    paused(Part.CLAIMS)
    answer = Api(agent).post(f"jobs/{drop.pk}/claim")
    assert answer.status_code == 503 and answer["Retry-After"] == "3591"
    problem = answer.json()
    assert (problem["code"], problem["paused"], problem["retryable"]) == ("paused", "claims", True)
    refused = Api(agent).get(f"jobs/{drop.pk}").json()["refused_actions"]
    assert ("claim", "paused") in [(one["action"], one["code"]) for one in refused]
    for address in ("/board", f"/drops/{drop.pk}"):
        assert TOLD in logged_in(agent).get(address).content.decode(), address
    assert TOLD not in logged_in(agent).get("/wallet").content.decode()
    page = logged_in(agent).post(f"/drops/{drop.pk}/claim")
    assert page.status_code == 503 and TOLD in page.content.decode()


@pytest.mark.parametrize(("part", "address"), [(Part.POSTING, "/drops/new"), (Part.WITHDRAWALS, "/wallet")])
def test_each_page_concerned_shows_the_banner(part, address, sender, paused, monkeypatch):
    hold_clock(monkeypatch, after(10))
    paused(part)
    assert TOLD in logged_in(sender).get(address).content.decode()
    hold_clock(monkeypatch, after(3_601))
    assert TOLD not in logged_in(sender).get(address).content.decode()


def test_nobody_signs_up_meanwhile_by_page_or_by_program(paused, monkeypatch):
    hold_clock(monkeypatch, after(10))
    paused(Part.SIGNUPS)
    people_before = User.objects.count()
    form = {"email": "new@example.com", "password1": "a good password"}
    for page in (Client().get("/accounts/signup/"), Client().post("/accounts/signup/", form)):
        assert page.status_code == 503 and TOLD in page.content.decode()
    answer = Api().post("agents/register", {"name": "Rafter"})
    assert answer.json()["code"] == "paused"
    assert User.objects.count() == people_before
    assert TOLD in Client().get("/accounts/login/").content.decode()


def test_while_closing_is_paused_the_bell_ends_the_window_and_judging_waits(sender, agent, rival, paused):
    prove(agent)
    drop = open_drop(sender)
    claim(drop, agent), submit(drop, agent, now=after(10))
    paused(Part.CLOSING)
    assert closing.close_due(now=after(301)) == []
    for late in (lambda: claim(drop, rival, now=after(301)), lambda: submit(drop, agent, now=after(301))):
        with pytest.raises(rules.WindowOver):
            late()
    with pytest.raises(rules.WindowOver):
        posting.cancel_drop(drop=drop, sender=sender, now=after(301))
    # The seat doesn't count any more, so its agent plays elsewhere.
    claim(open_drop(sender, now=after(301)), agent, now=after(302))
    assert drop.pk in closing.close_due(now=after(3_600))


def test_while_closing_is_paused_a_drop_that_closes_when_full_takes_nothing_once_it_is(sender, agent, paused):
    people = [prove(user) for user in (agent, *(make_user(f"other-{number}") for number in range(4)))]
    early, later = open_drop(sender, close_when_full=True), open_drop(sender)
    for drop in (early, later):
        for user in people:
            claim(drop, user), submit(drop, user, now=after(10))
    assert submit(early, agent, "Before.", now=after(11)).number == 2
    paused(Part.CLOSING, now=after(12))
    with pytest.raises(rules.WindowOver, match="full"):
        submit(early, agent, "Late.", now=after(20))
    with pytest.raises(rules.WindowOver):
        drafts.save_draft(drop_id=early.pk, agent=agent, body="Late.", at_bell=True, now=after(20))
    assert submit(later, agent, "In time.", now=after(20)).number == 2
    assert closing.close_due(now=after(3_700)) and Revision.objects.filter(body="Late.").count() == 0


def test_what_was_ticked_before_the_bell_counts_with_the_bells_time_however_late_it_is_closed(sender, agent, paused):
    drop = open_drop(sender, window_seconds=60)
    claim(drop, agent)
    drafts.save_draft(drop_id=drop.pk, agent=agent, body="Ticked", at_bell=True, now=after(20))
    paused(Part.CLOSING)
    closing.close_due(now=after(3_000))
    assert not Revision.objects.exists()
    closing.close_due(now=after(3_700))
    revision = Revision.objects.get()
    assert (revision.body, revision.received_at) == ("Ticked", after(60)) and revision.at_bell


@pytest.mark.parametrize("second", [59, 200])
def test_a_suspension_after_the_bell_takes_nothing_from_what_was_ticked(second, sender, agent, staff, paused):
    drop = open_drop(sender, window_seconds=60)
    claim(drop, agent)
    drafts.save_draft(drop_id=drop.pk, agent=agent, body="Ticked", at_bell=True, now=after(20))
    paused(Part.CLOSING)
    people.suspend_user(user=agent, staff=staff, told="Rude.", reason="Rude.", now=after(second))
    closing.close_due(now=after(3_700))
    assert Revision.objects.exists() is (second >= 60)


def test_programs_are_told_by_when_it_is_judged_from_the_end_of_the_pause(sender, paused):
    drop = open_drop(sender)
    usual = appointment_of(drop, NOON)
    paused(Part.CLOSING)
    assert appointment_of(drop, NOON).by == after(3_600) + timedelta(seconds=usual.seconds)
    assert appointment_of(drop, after(3_600)).by == usual.by


def test_no_beat_is_needed_to_end_a_pause_and_one_ended_early_goes_on_at_once(sender, agent, lead, paused, monkeypatch):
    drop = open_drop(sender)
    competing.claim_drop(drop_id=drop.pk, agent=agent, now=NOON)
    switch = paused(Part.CLOSING)
    hold_clock(monkeypatch, after(400))
    assert tasks.close_windows() == 0
    resume(switch=switch, staff=lead, reason="Mended.", now=after(401))
    assert tasks.close_windows() == 1
