"""Judging by hand: an answer that is taken back was never given, and the last one is looked at before it is."""

import pytest
from django.db import Error, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from core.errors import Invalid
from drops.contest import rules
from drops.judging import by_hand, recompute, rounds, steps
from drops.judging.replaying import next_step
from drops.models import Drop, JudgeAnswer, RankingLog
from drops.moderation import disqualifying
from drops.ranking import NeedsHuman, Pair, Pending, Verdict
from tests.machines import by_turns
from tests.play import NOON, after, enter, finished_drop, judge, make_user, open_drop, ring, undone

pytestmark = pytest.mark.django_db
PICKS = st.sampled_from(["left", "right", "equal"])
OUT = st.sampled_from([(), (), (), (0,), (1,), (0, 1)])
TURN = st.tuples(PICKS, OUT, st.sampled_from("SABCDF"), st.integers(0, 2))


@pytest.fixture
def ranked(sender):
    drop = open_drop(sender)
    for number in range(4):
        enter(drop, make_user(f"agent{number}"), f"Words {number}", now=after(number))
    return ring(drop)


def pick_for(question, side="left", out=(), grade="B"):
    if not isinstance(question, Pair):
        return steps.Pick(left=question.slot, grade=grade)
    slots = (question.left, question.right)
    unusable = tuple(slots[number] for number in out)
    sides = {"left": question.left, "right": question.right}
    side = "equal" if sides.get(side) in unusable else side
    return steps.Pick(left=question.left, right=question.right, pick=side, unusable=unusable)


def answer(drop, sender, *turn):
    question = steps.question_for(drop=drop, judge=sender, now=NOON).question
    return steps.answer_question(drop=drop, judge=sender, pick=pick_for(question, *turn), now=NOON)


def take_back(drop, sender, row=None):
    row = row or by_hand.last_answer(drop)
    return by_hand.take_back_answer(drop=drop, judge=sender, answer_id=row.pk, now=NOON)


def outcome(drop):
    """The judging as anybody may see it: where it stands, each entry's result, and the round's whole log."""
    drop = Drop.objects.get(pk=drop.pk)
    entries = list(drop.submissions.order_by("pk").values_list("pk", "place", "grade", "reasons", "gap"))
    first = drop.rounds.get(number=1)
    lines = list(first.log_lines.order_by("number").values_list("number", "type", "content", "submission"))
    return drop.status, drop.judge, drop.grade, drop.rationale, drop.confidence, entries, lines, next_step(first)


def play_on(drop, sender, turns, *, waver):
    """Answer by `turns`; who wavers gives every answer several times, otherwise each time, and takes it back."""
    for side, out, grade, doubts in turns:
        for doubt in range(doubts if waver else 0):
            wavering = pick_for(next_step(drop.round).question, "right" if doubt else "equal", (), "F")
            step = by_hand.foresee(drop=drop, judge=sender, pick=wavering, now=NOON)
            if isinstance(step, Pending):
                drop = steps.answer_question(drop=drop, judge=sender, pick=wavering, now=NOON)
                drop = take_back(drop, sender)
        drop = answer(drop, sender, side, out, grade)
        if not drop.is_ranking or drop.judge != "sender":
            break
    return outcome(drop)


@settings(max_examples=by_turns(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(TURN, min_size=1, max_size=6))
def test_what_was_taken_back_leaves_everything_as_if_it_had_never_been_answered(ranked, sender, turns):
    straight, wavering = (
        undone(play_on, Drop.objects.get(pk=ranked.pk), sender, turns, waver=waver) for waver in (False, True)
    )
    assert straight == wavering


def test_a_result_after_second_thoughts_can_be_computed_again(ranked, sender):
    drop = take_back(answer(ranked, sender, "right"), sender)
    drop = judge(take_back(answer(answer(drop, sender, "equal"), sender), sender), sender)
    assert drop.is_completed and recompute.differences(drop) == []
    assert JudgeAnswer.objects.filter(taken_back_at=NOON, taken_back_by=sender).count() == 2


def test_all_the_way_back_is_one_answer_at_a_time(ranked, sender):
    first = next_step(ranked.round)
    drop = answer(answer(ranked, sender), sender)
    one, two = drop.round.answers.order_by("id")
    with pytest.raises(steps.QuestionMovedOn):
        take_back(drop, sender, one)
    assert JudgeAnswer.objects.standing().count() == 2
    take_back(take_back(drop, sender, two), sender, one)
    assert next_step(ranked.round) == first


def test_sent_three_times_it_is_taken_back_once(ranked, sender):
    drop = answer(answer(ranked, sender), sender)
    last = by_hand.last_answer(drop)
    for _ in range(3):
        drop = take_back(drop, sender, last)
    assert drop.round.answers.standing().count() == 1
    answer(drop, sender, "right")
    take_back(drop, sender, last)
    assert JudgeAnswer.objects.standing().count() == 2


def test_only_whoever_judges_now_takes_back_and_not_after_the_end(ranked, sender, agent, staff):
    drop = answer(ranked, sender)
    last = by_hand.last_answer(drop)
    for stranger in (agent, staff):
        with pytest.raises(rules.NotYoursToJudge):
            take_back(drop, stranger, last)
    late = drop.round.deadline_at
    with pytest.raises(rules.NotYoursToJudge):
        by_hand.take_back_answer(drop=drop, judge=sender, answer_id=last.pk, now=late)
    with pytest.raises(rules.IllegalTransition):
        take_back(judge(drop, sender), sender, last)
    assert not JudgeAnswer.objects.filter(taken_back_at__isnull=False).exists()


def test_an_answer_of_another_drop_is_left_alone(ranked, sender, agent, rival):
    other = open_drop(sender)
    enter(other, agent), enter(other, rival)
    foreign = by_hand.last_answer(answer(ring(other), sender))
    with pytest.raises(steps.QuestionMovedOn):
        take_back(answer(ranked, sender), sender, foreign)
    foreign.refresh_from_db()
    assert foreign.taken_back_at is None


def test_there_is_an_end_to_taking_back_and_the_drop_can_still_be_judged(ranked, sender, monkeypatch):
    monkeypatch.setattr(by_hand, "TAKEN_BACK_MAX", 2)
    drop = ranked
    for _ in range(2):
        drop = take_back(answer(drop, sender), sender)
    drop = answer(drop, sender)
    with pytest.raises(by_hand.TakenBackTooOften, match="undone 100 answers"):
        take_back(drop, sender)
    assert judge(drop, sender).is_completed


@pytest.mark.parametrize("change", ["answer = '{}'", "taken_back_at = NULL, taken_back_by_id = NULL", "key = 'k'"])
def test_the_database_keeps_what_was_answered_and_taken_back(ranked, sender, change):
    take_back(answer(ranked, sender), sender)
    for sql in (f"UPDATE drops_judgeanswer SET {change}", "DELETE FROM drops_judgeanswer"):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert JudgeAnswer.objects.filter(taken_back_at=NOON).exclude(answer={}).count() == 1


def test_the_database_takes_back_the_last_one_alone_and_none_once_the_round_is_over(ranked, sender):
    drop = answer(answer(ranked, sender), sender)
    fields = {"taken_back_at": NOON, "taken_back_by": sender}
    first = drop.round.answers.order_by("id").first()
    with pytest.raises(Error), transaction.atomic():
        JudgeAnswer.objects.filter(pk=first.pk).update(**fields)
    drop = judge(drop, sender)
    with pytest.raises(Error), transaction.atomic():
        JudgeAnswer.objects.filter(pk=drop.round.answers.order_by("id").last().pk).update(**fields)
    assert JudgeAnswer.objects.standing().count() == JudgeAnswer.objects.count()


def test_the_log_is_silent_until_the_end_and_tells_what_was_answered_when_somebody_else_takes_over(ranked, sender):
    drop = answer(ranked, sender)
    assert not RankingLog.objects.filter(round=drop.round).exists()
    rounds.hand_to_staff(drop=drop, reason="a test", now=NOON)
    assert "was preferred to" in drop.rounds.get(number=1).log_lines.get(type="reasoning").content


def test_what_was_answered_before_an_entry_was_disqualified_is_in_the_log(ranked, sender, staff):
    drop = answer(ranked, sender)
    cheat = drop.submissions.first()
    disqualifying.disqualify_entry(submission=cheat, staff=staff, told="copied", reason="copied", now=NOON)
    assert drop.rounds.get(number=1).log_lines.filter(type="reasoning").count() == 1


def test_a_look_ahead_changes_nothing_and_finds_the_end(ranked, sender):
    drop = answer(ranked, sender)
    before = outcome(drop)
    question = next_step(drop.round).question
    for pick, kind in ((pick_for(question), Pending), (pick_for(question, "equal", (0, 1)), Pending)):
        assert isinstance(by_hand.foresee(drop=drop, judge=sender, pick=pick, now=NOON), kind)
    assert outcome(drop) == before
    while isinstance(question := next_step(drop.round).question, Pair):
        drop = answer(drop, sender)
    for grade, kind in (("A", Verdict), ("F", NeedsHuman)):
        pick = pick_for(question, grade=grade)
        assert isinstance(by_hand.foresee(drop=drop, judge=sender, pick=pick, now=NOON), kind)


def by_staff(drop, staff):
    drop = rounds.hand_to_staff(drop=drop, reason="a test", now=NOON)
    while isinstance(question := steps.question_for(drop=drop, judge=staff, now=NOON).question, Pair):
        drop = steps.answer_question(drop=drop, judge=staff, pick=pick_for(question), now=NOON)
    return drop, question.slot


def test_what_staff_write_reaches_the_agents_and_their_note_moderators_alone(ranked, staff):
    drop, slot = by_staff(ranked, staff)
    pick = steps.Pick(left=slot, grade="A", reason="It names its sources", private_note="Looked at twice.")
    drop = steps.answer_question(drop=drop, judge=staff, pick=pick, now=NOON)
    assert drop.round.written_reason == "It names its sources."
    line = RankingLog.objects.get(drop=drop, content="Our moderators wrote: It names its sources.")
    assert line.audience == "agents" and recompute.differences(drop) == []
    act = AuditEvent.objects.get(action="decide")
    assert (act.actor, act.reason, act.changes) == (staff, "Looked at twice.", {"told": ["", "It names its sources"]})
    assert not RankingLog.objects.filter(content__contains="Looked at twice").exists()


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"reason": " \u200b "},
        {"private_note": "Between us."},
        {"reason": "x" * 1_000},
        {"reason": "a\x00b"},
        {"reason": "a", "private_note": "\x00"},
    ],
)
def test_what_staff_write_is_text_within_bounds_or_nothing_happens(ranked, staff, words):
    drop, slot = by_staff(ranked, staff)
    with pytest.raises(Invalid):
        steps.answer_question(drop=drop, judge=staff, pick=steps.Pick(left=slot, grade="A", **words), now=NOON)
    drop.refresh_from_db()
    assert drop.is_ranking and not AuditEvent.objects.filter(action="decide").exists()
    assert not drop.round.answers.filter(answer__kind="grade").exists()


def test_a_sender_writes_no_reason_of_the_house(sender, agent):
    drop = ring_one(sender, agent)
    slot = str(drop.submissions.get().pk)
    pick = steps.Pick(left=slot, grade="A", reason="Because.")
    assert steps.answer_question(drop=drop, judge=sender, pick=pick, now=NOON).round.written_reason == ""


def ring_one(sender, agent):
    drop = open_drop(sender)
    enter(drop, agent)
    return ring(drop)


def test_a_finished_drop_has_no_answer_to_take_back(sender, agent, rival):
    assert by_hand.last_answer(finished_drop(sender, agent, rival)) is None
