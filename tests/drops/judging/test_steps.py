"""From the bell to the verdict, by people."""

import pytest

from accounts.models import Notification
from core.errors import Invalid
from drops.contest import closing, rules
from drops.judging import appointing, rounds
from drops.judging import steps as judging
from drops.models import Drop, JudgeAnswer, RankingLog
from drops.moderation import disqualifying
from tests.play import NOON, after, enter, finished_drop, judge, open_drop, ring
from wallet.books import ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def ranked(sender, agent, rival):
    """A drop with two entries that waits for its sender's picks."""
    drop = open_drop(sender)
    enter(drop, agent, "Mine")
    enter(drop, rival, "Theirs")
    return ring(drop)


def test_the_sender_judges_where_only_play_money_is_at_stake(ranked, settings):
    assert (ranked.judge, ranked.round.deadline_at) == ("sender", after(300 + 172_800))
    settings.PLAY_MONEY = False
    assert appointing.judge_today(NOON) == "staff"
    settings.JUDGE = "sender"
    assert appointing.judge_today(NOON) == "sender"


def test_only_whoever_the_drop_waits_for_may_answer(ranked, agent, staff):
    for user in (agent, staff):
        with pytest.raises(rules.NotYoursToJudge):
            judging.question_for(drop=ranked, judge=user, now=NOON)
    assert not JudgeAnswer.objects.exists()


def test_a_pair_and_a_letter_end_a_field_of_two(ranked, sender, rival):
    drop = judge(ranked, sender, favourite=rival, grade="S")
    grades = {entry.user.name: (entry.place, entry.grade) for entry in drop.submissions.all()}
    assert grades["Rival"] == (1, "S")
    assert grades["Agent"] == (2, "A")
    assert (drop.status, ledger.balance_cents(rival)) == ("completed", 500)


def test_an_answer_to_another_question_is_refused_and_not_stored(ranked, sender):
    asked = judging.question_for(drop=ranked, judge=sender, now=NOON).question
    swapped = judging.Pick(left=asked.right, right=asked.left, pick="left")
    with pytest.raises(judging.QuestionMovedOn):
        judging.answer_question(drop=ranked, judge=sender, pick=swapped, now=NOON)
    assert not JudgeAnswer.objects.exists()


@pytest.mark.parametrize("pick", [{"pick": "both"}, {"pick": None}, {"pick": "left", "unusable": ("nobody",)}])
def test_a_pick_that_makes_no_sense_is_refused(ranked, sender, pick):
    asked = judging.question_for(drop=ranked, judge=sender, now=NOON).question
    with pytest.raises(Invalid):
        judging.answer_question(
            drop=ranked, judge=sender, pick=judging.Pick(left=asked.left, right=asked.right, **pick), now=NOON
        )
    assert not JudgeAnswer.objects.exists()


def test_a_sender_who_lets_the_deadline_pass_hands_the_drop_to_staff(ranked, staff, agent):
    drop = judging.rank_drop(drop=ranked, now=ranked.round.deadline_at)
    assert (drop.judge, drop.round.held_reason) == ("staff", "The sender did not judge in time.")
    assert ledger.escrow_cents(drop.reference) == 500
    assert judge(drop, staff, favourite=agent).status == "completed"


def test_by_the_clock_a_late_sender_judges_no_more_however_late_the_sweep(ranked, sender):
    with pytest.raises(rules.NotYoursToJudge, match="Your time to judge this drop is over"):
        judging.question_for(drop=ranked, judge=sender, now=ranked.round.deadline_at)
    assert not JudgeAnswer.objects.exists()


def test_a_sender_who_finds_everything_unusable_does_not_get_the_money_but_staff_decide(ranked, sender, staff):
    asked = judging.question_for(drop=ranked, judge=sender, now=NOON).question
    both = judging.Pick(left=asked.left, right=asked.right, pick="equal", unusable=(asked.left, asked.right))
    drop = judging.answer_question(drop=ranked, judge=sender, pick=both, now=NOON)
    assert (drop.status, drop.judge) == ("ranking", "staff")
    assert ledger.balance_cents(sender) == 0


def test_staff_who_competed_do_not_judge(sender, staff, agent):
    drop = open_drop(sender)
    enter(drop, staff)
    drop = rounds.hand_to_staff(drop=ring(drop), reason="a test", now=NOON)
    with pytest.raises(rules.NotYoursToJudge):
        judging.question_for(drop=drop, judge=staff, now=NOON)


def test_a_disqualified_entry_cannot_win_and_judging_starts_afresh(ranked, sender, agent, rival, staff):
    best = ranked.submissions.get(user=agent)
    disqualifying.disqualify_entry(submission=best, staff=staff, told="copied", reason="copied", now=NOON)
    ranked.refresh_from_db()
    drop = judge(ranked, sender)
    assert drop.winning_submission.user == rival
    best.refresh_from_db()
    assert best.grade == "F"


def test_the_log_is_written_once_and_says_who_judged(sender, agent, rival):
    drop = finished_drop(sender, agent, rival)
    lines = [line.content for line in RankingLog.objects.filter(drop=drop).order_by("id")]
    assert len(lines) == len(set(lines))
    assert "judged by the sender" in lines[-2]


def test_log_lines_reach_only_those_they_are_for(sender, agent, rival, staff):
    drop = finished_drop(sender, agent, rival)
    counts = {
        user: RankingLog.objects.readable_by(user, drop).count() if user else 0 for user in (sender, agent, staff)
    }
    assert counts[sender] == counts[staff] == RankingLog.objects.count()
    own = RankingLog.objects.readable_by(agent, drop)
    assert not own.filter(submission__user=rival).exists()
    assert [line.audience for line in RankingLog.objects.readable_by(None, drop)] == ["public"]


def test_an_earlier_counting_revision_wins_a_tie(sender, agent, rival):
    drop = open_drop(sender)
    enter(drop, rival, "second thought", now=after(2))
    enter(drop, agent, "first thought", now=after(1))
    drop = ring(drop)
    while question := judging.question_for(drop=drop, judge=sender, now=NOON):
        asked = question.question
        grade = getattr(asked, "slot", None)
        pick = (
            judging.Pick(left=grade, grade="C")
            if grade
            else judging.Pick(left=asked.left, right=asked.right, pick="equal")
        )
        drop = judging.answer_question(drop=drop, judge=sender, pick=pick, now=NOON)
        if drop.is_ended:
            break
    assert drop.winning_submission.user == agent


def test_ringing_twice_changes_nothing(ranked, sender, agent):
    drop = judge(ranked, sender, favourite=agent)
    before = RankingLog.objects.count()
    assert closing.close_due(now=after(400)) == []
    judging.settle(drop=drop, now=after(400))
    assert (RankingLog.objects.count(), ledger.balance_cents(agent)) == (before, 500)


def test_a_beat_that_comes_second_does_not_start_the_judging_afresh(ranked, sender):
    stale = Drop.objects.get(pk=ranked.pk)
    stale.current_round = None
    asked = judging.question_for(drop=ranked, judge=sender, now=NOON).question
    pick = judging.Pick(left=asked.left, right=asked.right, pick="left")
    judging.answer_question(drop=ranked, judge=sender, pick=pick, now=NOON)
    judging.rank_drop(drop=stale, now=after(301))
    ranked.refresh_from_db()
    assert ranked.round.number == 1
    assert Notification.objects.filter(user=sender, kind="judge-now").count() == 1


def test_a_drop_that_has_ended_is_not_handed_to_staff_and_its_log_stays(ranked, sender):
    stale = Drop.objects.get(pk=ranked.pk)
    judge(ranked, sender)
    lines = RankingLog.objects.count()
    with pytest.raises(rules.IllegalTransition):
        rounds.hand_to_staff(drop=stale, reason="late", now=after(400))
    assert judging.rank_drop(drop=stale, now=ranked.round.deadline_at).status == "completed"
    assert RankingLog.objects.count() == lines
