import pytest

from drops.packs import PACKS
from drops.ranking.findings import Ballot, Findings
from drops.ranking.grades import level_points
from drops.ranking.parsing import CheckReading, ListReading
from drops.ranking.rubrics import RUBRICS


def ballot(judge: int, half: int, ranking: str, part: int = 1) -> Ballot:
    """A list as in "a bc": a before b and c, which are equal."""
    return Ballot(judge, part, half, ListReading(tuple(tuple(group) for group in ranking.split()), {}, "", ""))


def findings(*rankings: tuple[str, str], scores: str = "", slots: str = "ab", part: int = 1) -> Findings:
    """Each judge's two lists, and single digits as scores of the slots."""
    ballots = [
        ballot(judge, half, ranking, part) for judge, both in enumerate(rankings) for half, ranking in enumerate(both)
    ]
    checks = {
        (judge, slot): CheckReading(float(score) * 10, True, None, False, "")
        for judge in range(len(rankings))
        for slot, score in zip(slots, scores, strict=False)
    }
    return Findings(tuple(slots), len(rankings), checks, tuple(ballots))


def test_of_tied_entries_the_one_a_judge_prefers_in_both_orders_goes_first() -> None:
    placing = findings(("b a", "b a"), ("a b", "ab"), ("a b", "ab")).placing

    assert placing.strengths == {"a": 0.0, "b": 0.0}
    assert (placing.places, placing.tie_rule) == (("b", "a"), "both orders")


def test_of_tied_entries_the_winner_of_their_own_votes_goes_first() -> None:
    lists = ("c b a", "bc a"), ("c b a", "c ab"), ("b a c", "b c a")
    placing = findings(*lists, slots="abc").placing

    assert (placing.places, placing.tie_rule) == (("c", "b", "a"), "head-to-head")


def test_of_tied_entries_the_better_score_alone_goes_first_and_else_the_earlier() -> None:
    ties = [("ab", "ab")] * 3

    assert findings(*ties, scores="67").placing.places == ("b", "a")
    assert findings(*ties, scores="67").placing.tie_rule == "score alone"
    assert findings(*ties, scores="66").placing.places == ("a", "b")
    assert findings(*ties, scores="66").placing.tie_rule == "earlier entry"


@pytest.mark.parametrize(
    ("lists", "settled"),
    [
        ([("a b", "a b")] * 3, True),
        ([("a b", "a b"), ("a b", "a b"), ("a b", "ab")], True),
        ([("a b", "a b"), ("a b", "ab"), ("a b", "ab")], False),
        ([("a b", "a b"), ("a b", "a b"), ("a b", "b a")], False),
        ([("a b", "a b"), ("a b", "a b"), ("b a", "b a")], False),
        ([("a b", "a b")] * 2, True),
        ([("a b", "a b"), ("a b", "ab")], False),
    ],
)
def test_it_is_settled_where_all_judges_and_five_lists_of_six_agree(
    lists: list[tuple[str, str]], settled: bool
) -> None:
    assert findings(*lists).is_settled is settled


def test_two_or_three_entries_are_close_and_never_one_or_four() -> None:
    far = findings(*[("a b c d", "a b c d")] * 3, slots="abcd")
    near = findings(*[("abcd", "abcd")] * 3, slots="abcd")

    assert (far.close, near.close) == (("a", "b"), ("a", "b", "c"))


def test_an_entry_set_aside_takes_its_votes_and_scores_with_it() -> None:
    whole = findings(*[("a b c", "a b c")] * 3, slots="abc", scores="963")
    rest = whole.without("a")

    assert (rest.running, rest.placing.places, rest.level) == (("b", "c"), ("b", "c"), 45.0)
    assert rest.comparisons["b"].won == 6


def test_points_hang_from_the_level_of_the_field() -> None:
    points = level_points({"a": 1.0, "b": -1.0, "c": 0.0}, {"a": 80.0, "b": 40.0}, 60.0)

    assert points == {"a": 69.0, "b": 51.0, "c": 60.0}


def test_there_is_a_rubric_for_every_pack_on_offer() -> None:
    assert {f"{pack.id}-{pack.rubric_version}" for pack in PACKS.values()} <= set(RUBRICS)
