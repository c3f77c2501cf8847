"""The rules that hold whatever a person answers."""

from itertools import pairwise, permutations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from drops.ranking import (
    Grade,
    Judge,
    Letter,
    NeedsHuman,
    Pending,
    SenderPicks,
    StaffPicks,
    Verdict,
)
from tests.drops.ranking.table import (
    bars,
    counts,
    follow,
    letters,
    make_field,
    play,
    prefer,
    scripts,
    seeds,
)

judges = st.sampled_from([SenderPicks(), StaffPicks()])


@given(counts, seeds, scripts, letters, judges)
def test_any_answers_lead_to_an_end_within_one_question_more_than_entries(
    count: int, seed: str, script: list[int], grade: Letter, judge: Judge
) -> None:
    steps, answers = play(make_field(count, seed=seed), follow(script, grade), judge)

    assert isinstance(steps[-1], Verdict | NeedsHuman)
    assert len(answers) <= count + 1


@given(counts, seeds, scripts, letters)
def test_no_step_promises_fewer_questions_than_follow(count: int, seed: str, script: list[int], grade: Letter) -> None:
    steps, _ = play(make_field(count, seed=seed), follow(script, grade))

    promised = [step.remaining for step in steps if isinstance(step, Pending)]
    for asked, remaining in enumerate(promised):
        assert remaining >= len(promised) - asked
    assert all(later < sooner for sooner, later in pairwise(promised))


@given(seeds, scripts, letters, judges, st.randoms())
def test_stored_answers_replay_to_the_same_step_in_whatever_order_they_come(
    seed: str, script: list[int], grade: Letter, judge: Judge, dice: Random
) -> None:
    field = make_field(5, seed=seed)
    steps, answers = play(field, follow(script, grade), judge)

    for given_so_far, step in enumerate(steps):
        stored = answers[:given_so_far]
        dice.shuffle(stored)
        assert repr(judge.resume(field, stored)) == repr(step)


@given(counts, seeds, scripts, letters)
def test_the_log_only_grows_at_its_end(count: int, seed: str, script: list[int], grade: Letter) -> None:
    steps, _ = play(make_field(count, seed=seed), follow(script, grade), SenderPicks())

    for sooner, later in pairwise(steps):
        assert later.lines[: len(sooner.lines)] == sooner.lines


@given(counts, seeds, scripts, letters, bars)
def test_every_question_has_a_key_of_its_own(
    count: int, seed: str, script: list[int], grade: Letter, bar: Letter
) -> None:
    field = make_field(count, seed=seed, bar=bar)
    _, staff = play(field, follow(script, grade), StaffPicks())
    _, sender = play(field, follow(script, grade), SenderPicks())

    keys = [answer.key for answer in (*staff, *sender)]
    assert len(set(keys)) == len(keys)


@given(seeds, scripts, letters, st.permutations(["v", "w", "x", "y", "z"]))
def test_other_slot_names_change_nothing_but_the_names(
    seed: str, script: list[int], grade: Letter, names: list[str]
) -> None:
    plain = make_field(5, seed=seed)
    renamed = make_field(5, seed=seed, slots=names)
    first = play(plain, follow(script, grade))[0][-1]
    second = play(renamed, follow(script, grade))[0][-1]

    assert isinstance(first, Verdict) and isinstance(second, Verdict)
    name = {f"slot-{order}": names[order] for order in range(5)}
    assert [name[slot] for slot in first.places] == list(second.places)
    assert {name[s]: first.letters[s] for s in name} == second.letters
    assert {name[s]: b for s, b in first.strengths.items()} == second.strengths
    lines = [line.content for line in first.lines]
    assert lines == [line.content for line in second.lines]


@given(counts, seeds, scripts, letters, bars)
def test_the_winner_is_the_first_place_if_it_passes_and_else_nobody(
    count: int, seed: str, script: list[int], grade: Letter, bar: Letter
) -> None:
    field = make_field(count, seed=seed, bar=bar)
    outcome = play(field, follow(script, grade))[0][-1]

    assert isinstance(outcome, Verdict)
    assert sorted(outcome.places) == sorted(entry.slot for entry in field.entries)
    best = outcome.places[0] if outcome.places else None
    passes = best is not None and outcome.letters[best] >= bar
    assert outcome.winner == (best if passes else None)


@given(counts, seeds, scripts, letters)
def test_letters_never_rise_as_rank_falls(count: int, seed: str, script: list[int], grade: Letter) -> None:
    outcome = play(make_field(count, seed=seed), follow(script, grade))[0][-1]

    assert isinstance(outcome, Verdict)
    graded = [outcome.letters[slot] for slot in outcome.places]
    assert graded == sorted(graded, reverse=True)


@given(counts, seeds, scripts, letters)
def test_an_f_is_only_for_the_unusable_or_for_a_field_graded_f(
    count: int, seed: str, script: list[int], grade: Letter
) -> None:
    outcome = play(make_field(count, seed=seed), follow(script, grade))[0][-1]

    assert isinstance(outcome, Verdict)
    for slot, letter in outcome.letters.items():
        is_out = "unusable" in outcome.flags[slot]
        assert (letter is Letter.F) == (is_out or grade is Letter.F)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_a_judge_with_a_firm_order_always_makes_the_best_entry_win(seed: str) -> None:
    for count in range(1, 5):
        field = make_field(count, seed=seed)
        for order in permutations(entry.slot for entry in field.entries):
            outcome = play(field, prefer(*order))[0][-1]
            assert isinstance(outcome, Verdict)
            assert outcome.winner == outcome.places[0] == order[0]


@given(seeds, st.permutations([f"slot-{order}" for order in range(5)]))
def test_a_firm_order_wins_among_five_without_a_tie_rule(seed: str, order: list[str]) -> None:
    outcome = play(make_field(5, seed=seed), prefer(*order))[0][-1]

    assert isinstance(outcome, Verdict)
    assert (outcome.winner, outcome.tie_rule) == (order[0], None)


@given(counts, seeds, scripts, letters)
def test_an_entry_that_was_called_unusable_is_never_shown_again(
    count: int, seed: str, script: list[int], grade: Letter
) -> None:
    steps, answers = play(make_field(count, seed=seed), follow(script, grade))

    out: set[str] = set()
    for step, answer in zip(steps, answers, strict=False):
        assert isinstance(step, Pending)
        question = step.question
        is_grade = isinstance(question, Grade)
        shown = {question.slot} if is_grade else {question.left, question.right}  # type: ignore[union-attr]
        assert not shown & out
        out |= getattr(answer, "unusable", frozenset())
