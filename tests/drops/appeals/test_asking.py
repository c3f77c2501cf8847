"""Who may appeal a verdict, how often and until when, and what an open appeal holds."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Notification
from core.errors import Invalid, Suspended
from drops.contest.appeal_rules import (
    AlreadyAppealed,
    AppealTooLate,
    NothingToAppeal,
    NotYoursToAppeal,
    TooManyAppeals,
)
from drops.contest.finishing import fail_drop
from drops.models import Appeal
from tests.drops.appeals.court import WHY, appeal, dismiss, judge_named, ruling_for, uphold
from tests.play import NOON, after, claim, enter, finished_drop, judge, make_user, open_drop, ring
from wallet.books.earnings import earnings_of, held_prizes

pytestmark = pytest.mark.django_db
HOLD, ANSWER = 172_800, 259_200


@pytest.fixture
def drop(sender, agent, rival):
    return finished_drop(sender, agent, rival)


def test_an_appeal_that_leaves_the_prize_where_it_is_gives_no_new_time_for_others(drop, sender, agent, rival):
    uphold(appeal(drop, rival), judge_named("other"), ruling_for(drop, agent, rival="F"))
    with pytest.raises(AppealTooLate):
        appeal(drop, sender, now=after(HOLD + 60))
    assert not held_prizes(agent, after(HOLD + 60)) and not Appeal.objects.open().exists()


def test_a_prize_that_an_appeal_moved_can_be_appealed_for_as_long_as_its_own_hold(drop, sender, rival):
    uphold(appeal(drop, rival), judge_named("other"), ruling_for(drop, rival, agent="F"))
    assert appeal(drop, sender, now=after(HOLD + 60)).is_open


def test_an_agent_and_the_sender_may_appeal_once_each(drop, sender, agent, rival):
    for player in (sender, agent, rival):
        made = appeal(drop, player)
        assert (made.status, made.due_at, made.reason) == ("open", after(600 + ANSWER), WHY)
        with pytest.raises(AlreadyAppealed):
            appeal(drop, player)
    assert Appeal.objects.count() == 3


def test_nobody_else_may(drop, staff):
    stranger = make_user("stranger")
    for person in (stranger, staff):
        with pytest.raises(NotYoursToAppeal):
            appeal(drop, person)


def test_a_seat_without_an_entry_is_no_part_in_the_verdict(sender, agent, rival):
    idle = make_user("idle")
    drop = open_drop(sender)
    claim(drop, idle)
    enter(drop, agent)

    drop = judge(ring(drop), sender)
    with pytest.raises(NotYoursToAppeal):
        appeal(drop, idle)


def test_the_hold_of_the_prize_ends_it_and_the_refusal_says_when(drop, rival):
    with pytest.raises(AppealTooLate, match="2030-01-03 12:00 UTC"):
        appeal(drop, rival, now=after(HOLD))
    assert appeal(drop, rival, now=after(HOLD - 1)).is_open


def test_what_has_not_ended_or_was_refunded_has_no_verdict_to_appeal(sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    with pytest.raises(NothingToAppeal):
        appeal(drop, agent)
    drop = fail_drop(drop=ring(drop), reason="no_passing_entry", now=after(400))
    with pytest.raises(NothingToAppeal):
        appeal(drop, agent)


def test_it_takes_words_and_good_standing(drop, rival):
    for words in ("", "  ", "x" * 2_001, "a\x00b"):
        with pytest.raises(Invalid):
            appeal(drop, rival, reason=words)
    rival.suspended_at, rival.suspended_reason = NOON, "Rude."
    with pytest.raises(Suspended):
        appeal(drop, rival)


def test_three_open_ones_are_the_most_and_an_answer_makes_room(sender, rival, staff):
    drops = [finished_drop(sender, make_user(f"winner-{n}")) for n in range(4)]
    made = [appeal(drop, sender, now=after(600 + n)) for n, drop in enumerate(drops[:3])]
    with pytest.raises(TooManyAppeals) as refused:
        appeal(drops[3], sender)
    assert refused.value.retry_at == made[0].due_at
    dismiss(made[1], staff)
    assert appeal(drops[3], sender).is_open


def test_the_prize_stays_held_until_the_answer_is_due_and_no_longer(drop, agent, rival):
    assert held_prizes(agent, after(HOLD + 1)) == []
    appeal(drop, rival, now=after(HOLD - 60))
    due = after(HOLD - 60 + ANSWER)
    (prize,) = held_prizes(agent, after(HOLD + 1))
    assert (prize.reference, prize.until, prize.is_contested) == (drop.reference, due, True)
    assert earnings_of(agent, after(HOLD + 1)).withdrawable_cents == 0
    assert earnings_of(agent, due).withdrawable_cents == 500


def test_an_answer_lets_the_prize_go(drop, agent, rival, staff):
    made = appeal(drop, rival, now=after(HOLD - 60))
    dismiss(made, staff, now=after(HOLD + 60))
    assert earnings_of(agent, after(HOLD + 61)).withdrawable_cents == 500


def test_the_winner_hears_that_it_is_held_and_never_in_the_appeals_words(drop, agent, rival):
    appeal(drop, rival)
    (note,) = Notification.objects.filter(kind="verdict-appealed")
    assert note.user == agent and "2030-01-04 12:10 UTC" in note.text
    assert not any(WHY in text for text in Notification.objects.values_list("text", flat=True))
    assert not any(WHY in line for line in drop.ranking_logs.values_list("content", flat=True))


def test_a_winner_who_appeals_is_told_nothing_they_know(drop, agent):
    appeal(drop, agent)
    assert not Notification.objects.filter(kind="verdict-appealed").exists()


def row(drop, user, **fields):
    facts = {"reason": WHY, "created_at": NOON, "due_at": after(60), **fields}
    return Appeal.objects.create(drop=drop, user=user, **facts)


@pytest.mark.parametrize("fields", [{"reason": ""}, {"due_at": NOON}, {"status": "upheld"}, {"answer": "Yes."}])
def test_the_database_refuses_what_is_no_appeal(drop, rival, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        row(drop, rival, **fields)


def test_the_database_knows_who_plays_and_that_each_appeals_once(drop, rival, sender):
    with pytest.raises(IntegrityError), transaction.atomic():
        row(drop, make_user("stranger"))
    with pytest.raises(IntegrityError), transaction.atomic():
        row(open_drop(sender), sender)
    row(drop, rival)
    with pytest.raises(IntegrityError), transaction.atomic():
        row(drop, rival)


def test_the_database_lets_no_player_answer_and_no_answer_change(drop, agent, rival, staff):
    made = row(drop, rival)
    answered = {"status": "dismissed", "answer": "No.", "note": "No.", "decided_at": after(30)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=made.pk).update(**answered, decided_by=agent)
    Appeal.objects.filter(pk=made.pk).update(**answered, decided_by=staff)
    for changed in ({"answer": "Yes."}, {"reason": "Other words."}):
        with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
            Appeal.objects.filter(pk=made.pk).update(**changed)
    with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
        made.delete()


def test_a_result_stands_unless_an_appeal_is_upheld(drop, rival):
    other = drop.submissions.get(user=rival)
    for changed in ({"grade": "S"}, {"winning_submission": other}, {"rationale": "Else."}):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(drop).objects.filter(pk=drop.pk).update(**changed)
