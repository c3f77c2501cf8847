"""The figures that a panel must reach before simulated judges; the benchmark shows them for far more contests."""

from functools import cache
from statistics import fmean

import pytest

from drops.ranking import Letter
from tests.bench.support import trials
from tests.bench.support.judges import Errors

DROPS = 80


@cache
def held(kind: str, errors: Errors) -> list[trials.Trial]:
    return trials.hold_many(kind, errors, DROPS)


@pytest.mark.parametrize(
    ("kind", "errors", "share"),
    [
        ("close", trials.BIASED, 0.90),
        ("close", trials.PERFECT, 1.0),
        ("clear", trials.RIGHT_81, 0.87),
        ("clear", trials.RIGHT_75, 0.76),
    ],
)
def test_the_best_entry_wins_often_enough(kind: str, errors: Errors, share: float) -> None:
    assert trials.share_right(held(kind, errors)) >= share


def test_the_judges_are_as_fallible_as_they_are_said_to_be() -> None:
    assert trials.share_of_pairs(held("clear", trials.RIGHT_81)) == pytest.approx(0.81, abs=0.03)
    assert trials.share_of_pairs(held("clear", trials.RIGHT_75)) == pytest.approx(0.75, abs=0.03)


def test_comparisons_and_calls_keep_to_their_number() -> None:
    good = held("random", trials.GOOD)

    assert max(len(trial.lists) for trial in held("clear", trials.RIGHT_75)) <= 12
    assert max(len(trial.answers) for trial in held("clear", trials.RIGHT_75)) <= 27
    assert fmean(len(trial.lists) for trial in good) <= 10


def test_letters_are_within_one_of_what_entries_are_worth() -> None:
    assert fmean(miss <= 1 for miss in trials.letters_off(12)) >= 0.85


@pytest.mark.parametrize(("base", "low", "high"), [(30, Letter.F, Letter.C), (82, Letter.B, Letter.S)])
def test_a_field_keeps_its_level_whatever_the_comparisons(base: float, low: Letter, high: Letter) -> None:
    for number in range(6):
        letters = trials.hold("random", trials.GOOD, f"level/{number}", base=base).outcome.letters.values()
        assert all(low <= letter <= high for letter in letters)


def test_an_entry_that_captures_judges_is_hardly_ever_paid() -> None:
    captures = trials.hold_captures(40)

    assert captures.paid <= 3
    assert captures.named + captures.paid == 40
    assert captures.honest_set_aside == 0
