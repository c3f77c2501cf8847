import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drops.ranking.strength import add_unseen_ties, estimate_strengths

SLOTS = ("a", "b", "c", "d", "e")
PAIRS = [(one, other) for one in SLOTS for other in SLOTS if one != other]
weights = st.dictionaries(st.sampled_from(PAIRS), st.floats(0, 40))


@given(weights)
def test_the_fit_is_where_the_slope_is_nought(
    won: dict[tuple[str, str], float],
) -> None:
    fit = estimate_strengths(SLOTS, won)

    for i in SLOTS:
        slope = -fit[i]
        for j in SLOTS:
            chance = 1 / (1 + math.exp(fit[j] - fit[i]))
            slope += won.get((i, j), 0) * (1 - chance) - won.get((j, i), 0) * chance
        assert slope == pytest.approx(0, abs=1e-6)


@given(weights)
def test_strengths_sum_to_nought(won: dict[tuple[str, str], float]) -> None:
    assert sum(estimate_strengths(SLOTS, won).values()) == pytest.approx(0, abs=1e-7)


def test_one_win_is_worth_the_root_of_its_equation() -> None:
    fit = estimate_strengths(("a", "b"), {("a", "b"): 1.0})

    assert fit["a"] == -fit["b"]
    assert fit["a"] == pytest.approx(1 / (1 + math.exp(2 * fit["a"])), abs=1e-8)


def test_hundreds_of_wins_stay_finite() -> None:
    fit = estimate_strengths(("a", "b"), {("a", "b"): 1e6})

    assert 1 < fit["a"] < 20


def test_without_comparisons_all_are_equal() -> None:
    assert estimate_strengths(SLOTS, {}) == dict.fromkeys(SLOTS, 0.0)
    assert estimate_strengths((), {}) == {}


def test_an_unseen_pair_counts_as_half_a_win_for_either_side() -> None:
    filled = add_unseen_ties(("a", "b", "c"), {("b", "a"): 1.0, ("c", "b"): 0.0})

    added = {("a", "c"): 0.5, ("c", "a"): 0.5}
    assert filled == {("b", "a"): 1.0, ("c", "b"): 0.0} | added


def test_unseen_ties_draw_the_field_together() -> None:
    won = {("a", "b"): 1.0}
    alone = estimate_strengths(("a", "b", "c"), won)
    drawn = estimate_strengths(("a", "b", "c"), add_unseen_ties(("a", "b", "c"), won))

    assert 0 < drawn["a"] < alone["a"]
