import pytest

from drops.ranking.grades import (
    Letter,
    band_midpoint,
    cut_letter,
    letters_by_place,
    spread_points,
)


def test_letters_are_ordered_by_worth_and_not_by_alphabet() -> None:
    assert sorted(Letter, reverse=True) == [Letter(one) for one in "SABCDF"]
    assert Letter.S > Letter.A and Letter.F < Letter.D <= Letter.D


def test_there_is_no_e() -> None:
    with pytest.raises(ValueError, match="E"):
        Letter("E")


@pytest.mark.parametrize(
    ("points", "letter"),
    [(100, "S"), (85, "S"), (84.9, "A"), (70, "A"), (55, "B"), (40, "C"), (39.9, "D")],
)
def test_a_cut_belongs_to_the_better_letter(points: float, letter: str) -> None:
    assert str(cut_letter(points)) == letter


def test_points_alone_never_make_an_f() -> None:
    assert cut_letter(-50) is Letter.D


@pytest.mark.parametrize("letter", [one for one in Letter if one is not Letter.F])
def test_the_middle_of_a_band_earns_its_own_letter(letter: Letter) -> None:
    assert cut_letter(band_midpoint(letter)) is letter


def test_f_has_no_band() -> None:
    with pytest.raises(ValueError, match="no band"):
        band_midpoint(Letter.F)


def test_points_fall_by_a_band_for_every_logit_behind_the_winner() -> None:
    points = spread_points("a", Letter.A, {"a": 1.0, "b": 0.0, "c": -1.0})

    assert points == {"a": 77.5, "b": 62.5, "c": 47.5}


def test_a_tie_rule_can_not_lift_a_letter_over_the_one_above() -> None:
    letters = letters_by_place(("a", "b", "c"), {"a": 60.0, "b": 71.0, "c": 54.0})

    assert [str(letters[slot]) for slot in "abc"] == ["B", "B", "C"]


def test_a_slot_without_points_is_an_f() -> None:
    assert letters_by_place(("a", "b"), {"a": 90.0})["b"] is Letter.F
