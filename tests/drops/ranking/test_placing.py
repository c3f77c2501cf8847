import pytest

from drops.ranking.placing import Placing, gaps_behind_first, rank_slots, rate_confidence


def test_the_stronger_slot_comes_first_without_a_tie_rule() -> None:
    placing = rank_slots(("a", "b"), {("b", "a"): 1.0, ("a", "b"): 0.0})

    assert (placing.places, placing.tie_rule) == (("b", "a"), None)
    assert placing.margin == pytest.approx(0.67, abs=0.01)


def test_a_level_race_goes_to_the_head_to_head_winner() -> None:
    won = {("a", "c"): 1.0, ("a", "d"): 1.0, ("b", "a"): 1.0}
    placing = rank_slots(("a", "b", "c", "d"), won)

    assert placing.strengths["a"] == placing.strengths["b"]
    assert (placing.places[0], placing.tie_rule) == ("b", "head-to-head")


def test_a_winner_by_tie_rule_who_is_a_little_weaker_has_no_margin() -> None:
    won = {("a", "c"): 1.0, ("a", "d"): 1.0, ("a", "e"): 0.75, ("b", "a"): 1.0}
    placing = rank_slots(("a", "b", "c", "d", "e"), won)

    assert placing.strengths["a"] > placing.strengths["b"]
    assert (placing.places[0], placing.tie_rule) == ("b", "head-to-head")
    assert placing.margin == 0.0


def test_an_even_race_goes_to_the_earlier_entry() -> None:
    even = {("a", "b"): 0.5, ("b", "a"): 0.5}

    assert rank_slots(("a", "b"), even).places == ("a", "b")
    assert rank_slots(("b", "a"), even).places == ("b", "a")
    assert rank_slots(("a", "b"), even).tie_rule == "earlier entry"


def test_a_circle_goes_to_the_earlier_entry() -> None:
    won = {("a", "b"): 1.0, ("b", "c"): 1.0, ("c", "a"): 1.0}
    placing = rank_slots(("c", "a", "b"), won)

    assert (placing.places[0], placing.tie_rule) == ("c", "earlier entry")


def test_places_below_the_first_follow_the_same_rules() -> None:
    won = {("a", "b"): 1.0, ("a", "c"): 1.0, ("c", "b"): 0.1}

    assert rank_slots(("a", "b", "c"), won).places == ("a", "c", "b")


def test_fewer_than_two_slots_have_no_margin() -> None:
    assert rank_slots((), {}) == Placing({}, (), None, None)
    assert rank_slots(("a",), {}) == Placing({"a": 0.0}, ("a",), None, None)


@pytest.mark.parametrize(
    ("margin", "tied", "wins", "total", "confidence"),
    [
        (0.6, False, 2, 2, "high"),
        (0.59, False, 2, 2, "medium"),
        (0.9, False, 1, 1, "medium"),
        (0.9, False, 2, 3, "medium"),
        (None, False, 0, 0, "medium"),
        (0.1, True, 2, 2, "low"),
    ],
)
def test_confidence_follows_the_margin_and_the_winners_record(
    margin: float | None, tied: bool, wins: int, total: int, confidence: str
) -> None:
    rule = "head-to-head" if tied else None
    placing = Placing({}, (), margin, rule)  # type: ignore[arg-type]

    assert rate_confidence(placing, wins, total) == confidence


def test_a_lower_place_never_reads_of_a_smaller_gap() -> None:
    gaps = gaps_behind_first(("a", "b", "c", "out"), {"a": 1.0, "b": -0.2, "c": -0.05})

    assert gaps == {"a": 0.0, "b": 1.05, "c": 1.05}


def test_a_first_place_by_tie_rule_leaves_no_gap_below_zero() -> None:
    assert gaps_behind_first(("a", "b"), {"a": 0.0, "b": 0.1}) == {"a": 0.0, "b": 0.0}
