from dataclasses import replace

import pytest

from drops.ranking import (
    AnswerMisfit,
    Grade,
    Judge,
    Letter,
    NeedsHuman,
    Pair,
    PairAnswer,
    Pending,
    SenderPicks,
    StaffPicks,
    Verdict,
)
from tests.drops.ranking.table import answer_pair, make_field, play, prefer, reject

BOTH = pytest.mark.parametrize("judge", [SenderPicks(), StaffPicks()])
FIVE = [f"slot-{order}" for order in range(5)]


@BOTH
def test_an_empty_field_ends_at_once_without_a_winner(judge: Judge) -> None:
    outcome = judge.begin(make_field(0))

    assert isinstance(outcome, Verdict)
    assert (outcome.winner, outcome.places, outcome.margin) == (None, (), None)


@BOTH
def test_a_single_entry_is_only_graded(judge: Judge) -> None:
    steps, answers = play(make_field(1), prefer("slot-0", grade=Letter.B), judge)

    assert isinstance(steps[0], Pending) and isinstance(steps[0].question, Grade)
    assert len(answers) == 1
    assert isinstance(steps[-1], Verdict)
    assert steps[-1].letters == {"slot-0": Letter.B}


@pytest.mark.parametrize(("count", "asked"), [(2, 2), (3, 4), (4, 5), (5, 6)])
def test_a_firm_judge_is_asked_as_often_as_promised(count: int, asked: int) -> None:
    steps, answers = play(make_field(count), prefer(*FIVE))

    assert len(answers) == asked
    assert [s.remaining for s in steps[:-1] if isinstance(s, Pending)] == list(range(asked, 0, -1))


def test_both_judges_reach_the_same_result_and_say_who_judged() -> None:
    field = make_field(5)
    sender = play(field, prefer(*FIVE), SenderPicks())[0][-1]
    staff = play(field, prefer(*FIVE), StaffPicks())[0][-1]

    assert isinstance(sender, Verdict) and isinstance(staff, Verdict)
    assert (sender.judged_by, staff.judged_by) == ("sender", "staff")
    assert (sender.places, sender.letters) == (staff.places, staff.letters)


def test_an_unusable_entry_is_an_f_at_the_end_and_the_rest_is_judged_on() -> None:
    decide = reject("slot-0", then=prefer(*FIVE))
    outcome = play(make_field(4), decide, SenderPicks())[0][-1]

    assert isinstance(outcome, Verdict)
    assert (outcome.winner, outcome.places[-1]) == ("slot-1", "slot-0")
    assert outcome.letters["slot-0"] is Letter.F
    assert outcome.flags["slot-0"] == ("unusable",)
    assert "slot-0" not in outcome.strengths


def test_when_one_usable_entry_is_left_it_is_graded_straight_away() -> None:
    decide = reject("slot-0", then=prefer(*FIVE))
    steps, answers = play(make_field(2), decide)

    assert len(answers) == 2
    assert isinstance(steps[1], Pending)
    assert isinstance(steps[1].question, Grade)
    assert (steps[1].question.slot, steps[1].remaining) == ("slot-1", 1)


def test_a_sender_who_rejects_everything_sends_the_contest_to_staff() -> None:
    decide = reject(*FIVE, then=prefer(*FIVE, grade=Letter.F))
    step = play(make_field(4), decide, SenderPicks())[0][-1]

    assert isinstance(step, NeedsHuman)
    assert step.lines[-1].content == step.reason


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_sender_can_not_grade_the_best_entry_f(count: int) -> None:
    decide = prefer(*FIVE, grade=Letter.F)

    assert isinstance(play(make_field(count), decide, SenderPicks())[0][-1], NeedsHuman)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_staff_can_fail_every_entry(count: int) -> None:
    outcome = play(make_field(count), prefer(*FIVE, grade=Letter.F))[0][-1]

    assert isinstance(outcome, Verdict)
    assert outcome.winner is None
    assert set(outcome.letters.values()) == {Letter.F}


def test_a_sender_can_not_end_a_contest_by_grading_just_below_the_bar() -> None:
    field = make_field(3, bar=Letter.B)
    decide = prefer(*FIVE, grade=Letter.C)

    assert isinstance(play(field, decide, SenderPicks())[0][-1], NeedsHuman)


def test_a_best_entry_below_the_bar_does_not_win_but_keeps_its_letter() -> None:
    field = make_field(3, bar=Letter.B)
    outcome = play(field, prefer(*FIVE, grade=Letter.C))[0][-1]

    assert isinstance(outcome, Verdict)
    assert (outcome.winner, outcome.places[0]) == (None, "slot-0")
    assert outcome.letters["slot-0"] is Letter.C


def test_a_disqualified_entry_is_never_shown_and_gets_an_f() -> None:
    steps, answers = play(make_field(3, disqualified=[0]), prefer(*FIVE))

    assert len(answers) == 2
    assert "slot-0" not in repr(answers)
    assert isinstance(steps[-1], Verdict)
    assert steps[-1].flags["slot-0"] == ("disqualified",)
    assert steps[-1].letters["slot-0"] is Letter.F


@BOTH
def test_a_field_of_disqualified_entries_is_nobodys_to_judge(judge: Judge) -> None:
    outcome = judge.begin(make_field(2, disqualified=[0, 1]))

    assert isinstance(outcome, Verdict)
    assert outcome.winner is None


def test_two_equal_entries_leave_the_win_to_the_earlier_one() -> None:
    judge, field = StaffPicks(), make_field(2)
    first = judge.begin(field)
    assert isinstance(first, Pending)
    grade = judge.resume(field, [answer_pair(first.question, "equal")])

    assert isinstance(grade, Pending) and isinstance(grade.question, Grade)
    assert grade.question.slot == "slot-0"


def test_an_answer_to_another_contest_is_refused() -> None:
    _, answers = play(make_field(3), prefer(*FIVE))

    for other in (make_field(3, seed="other"), make_field(3, disqualified=[0])):
        with pytest.raises(AnswerMisfit, match="no question of this contest"):
            StaffPicks().resume(other, answers)


def test_answers_of_one_judge_are_not_taken_from_another() -> None:
    _, answers = play(make_field(3), prefer(*FIVE), SenderPicks())

    with pytest.raises(AnswerMisfit):
        StaffPicks().resume(make_field(3), answers)


def test_an_answer_with_its_sides_swapped_is_refused() -> None:
    judge, field = StaffPicks(), make_field(3)
    first = judge.begin(field)
    assert isinstance(first, Pending) and isinstance(first.question, Pair)
    asked = first.question
    swapped = PairAnswer(asked.key, asked.right, asked.left, "left")

    with pytest.raises(AnswerMisfit, match="other entries"):
        judge.resume(field, [swapped])


def test_two_answers_to_one_question_are_refused() -> None:
    judge, field = StaffPicks(), make_field(3)
    _, answers = play(field, prefer(*FIVE))

    with pytest.raises(AnswerMisfit, match="Two answers"):
        judge.resume(field, [answers[0], answers[0]])


def test_the_order_in_which_entries_are_listed_changes_nothing() -> None:
    field = make_field(5)
    turned = replace(field, entries=field.entries[::-1])

    assert play(turned, prefer(*FIVE)) == play(field, prefer(*FIVE))
