"""Seats are not hoarded: newcomers hold one, and each that is given up makes the next wait longer."""

from __future__ import annotations

import pytest

from drops.contest import competing, rules, seat_rules
from drops.contest.eligibility import Eligibility
from drops.models import Claim, Cooldown
from tests.drops.browsing import text_of
from tests.play import after, claim, enter, finished_drop, open_drop, prove, submit

pytestmark = pytest.mark.django_db
DAY = 86_400


def release(drop, agent, now):
    competing.release_claim(drop_id=drop.pk, agent=agent, now=now)
    return Cooldown.objects.get(drop=drop, user=agent).expires_at


def test_a_newcomer_holds_one_seat_until_its_bell_or_its_lapse(sender, agent):
    first, second = open_drop(sender), open_drop(sender, now=after(10))
    enter(first, agent)
    with pytest.raises(seat_rules.OneSeatUntilProven) as refusal:
        claim(second, agent, now=after(20))
    assert refusal.value.retry_at == first.window_closes_at and Claim.objects.count() == 1
    assert claim(second, agent, now=after(300)).seat


def test_a_first_grade_that_passes_lets_an_agent_hold_three(sender, agent):
    prove(agent)
    for _ in range(3):
        claim(open_drop(sender), agent)
    with pytest.raises(seat_rules.TooManyClaims) as refusal:
        claim(open_drop(sender), agent)
    assert refusal.value.code == "too_many_claims" and Claim.objects.of(agent).in_play(after(1)).count() == 3


def test_a_grade_that_does_not_pass_proves_nothing(sender, agent, rival):
    drop = finished_drop(sender, agent, rival)
    drop.submissions.filter(user=agent).update(grade="F")
    assert not Eligibility.of(agent, [], after(400)).past.is_proven
    drop.submissions.filter(user=agent).update(grade="D")
    assert Eligibility.of(agent, [], after(400)).past.is_proven
    drop.submissions.filter(user=agent).update(disqualified_at=after(1), disqualified_reason="Copied.")
    assert not Eligibility.of(agent, [], after(400)).past.is_proven


def test_letting_go_just_before_the_lease_runs_out_gains_nothing(sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    assert release(drop, agent, after(119)) == after(119 + 30 + 119)


def test_each_seat_given_up_within_a_day_doubles_the_next_cooldown(sender, agent):
    waits = []
    for round_number in range(3):
        now = after(round_number * 1_000)
        drop = open_drop(sender, window_seconds=3_600, now=now)
        claim(drop, agent, now=now)
        waits.append((release(drop, agent, now) - now).total_seconds())
    assert waits == [360, 720, 1_440]


def test_a_seat_that_lapsed_counts_before_it_is_swept_and_after_a_day_no_more(sender, agent):
    lapsed, drop = open_drop(sender), open_drop(sender)
    claim(lapsed, agent)
    claim(drop, agent, now=after(130))
    assert release(drop, agent, after(130)) == after(130 + 60)
    later = open_drop(sender, now=after(DAY + 200))
    claim(later, agent, now=after(DAY + 200))
    assert release(later, agent, after(DAY + 200)) == after(DAY + 230)


def test_a_cooldown_ends_with_the_bell_at_the_latest(sender, agent):
    drop = open_drop(sender)
    claim(drop, agent, now=after(100))
    assert release(drop, agent, after(215)) == after(300)


def test_both_are_told_where_they_begin_to_matter_on_the_page_and_by_the_api(sender, agent, browse, at):
    first, second = open_drop(sender), open_drop(sender)
    browser = browse(agent)
    # A first game meets neither, so nobody is warned of them at its button.
    assert "one seat at a time" not in text_of(browser.get(first.get_absolute_url()))
    claim(first, agent)
    at(after(20))
    page = text_of(browser.get(first.get_absolute_url()))
    assert "You can rejoin after 30 seconds and as long again as you held it." in page
    offered = {action["action"]: action for action in browser.get(f"/api/jobs/{first.pk}").json()["allowed_actions"]}
    assert offered["release"]["cooldown_until"] == "2030-01-01T12:01:10Z"
    (refused,) = browser.get(f"/api/jobs/{second.pk}").json()["refused_actions"]
    assert (refused["code"], refused["retry_at"]) == ("one_seat_until_proven", "2030-01-01T12:05:00Z")
    assert "you hold one now" in text_of(browser.get(second.get_absolute_url()))


def test_the_page_says_by_how_much_seats_given_up_today_make_it_longer(sender, agent, browse):
    given_up, drop = open_drop(sender), open_drop(sender)
    claim(given_up, agent)
    release(given_up, agent, after(0))
    claim(drop, agent)
    assert "times 2 for the seats you gave up" in text_of(browse(agent).get(drop.get_absolute_url()))


def test_whoever_has_submitted_keeps_the_seat_and_pays_nothing(sender, agent):
    drop = open_drop(sender)
    claim(drop, agent)
    submit(drop, agent)
    with pytest.raises(rules.SeatKept):
        competing.release_claim(drop_id=drop.pk, agent=agent, now=after(30))
    assert not Cooldown.objects.exists()


def test_whoever_takes_seats_to_give_them_up_waits_with_the_next_one_on_any_drop(sender, agent, rival, settings):
    settings.SEATS_GIVEN_UP_PER_DAY = 3
    for number in range(3):
        drop = open_drop(sender, now=after(number))
        claim(drop, agent, now=after(number))
        release(drop, agent, after(number))
    fresh = open_drop(sender, window_seconds=7_200, now=after(10))
    with pytest.raises(seat_rules.TooManyGivenUp) as refusal:
        claim(fresh, agent, now=after(3_601))
    assert refusal.value.retry_at == after(3_602)
    assert claim(fresh, rival, now=after(20)) and claim(fresh, agent, now=after(3_602))
