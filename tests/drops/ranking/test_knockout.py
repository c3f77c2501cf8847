from collections import Counter

from drops.ranking.knockout import Bout, next_pair, pairs_enough
from drops.ranking.questions import PairAnswer
from tests.drops.ranking.table import make_field, play, prefer

SLOTS = ("a", "b", "c", "d", "e")


def pick(winner: str, loser: str, *unusable: str) -> PairAnswer:
    return PairAnswer(f"{winner}{loser}", winner, loser, "left", frozenset(unusable))


def test_the_seed_shuffles_who_meets_first_and_who_stands_left() -> None:
    openings = Counter(next_pair(Bout(str(seed), SLOTS)) for seed in range(2000))

    assert len(openings) == 20
    assert min(openings.values()) > 60


def test_nobody_meets_twice_before_all_have_met_someone() -> None:
    bout = Bout("seed", SLOTS)
    seen: list[str] = []
    for _ in range(2):
        pair = next_pair(bout)
        assert pair is not None
        seen += pair
        bout = Bout("seed", SLOTS, (*bout.picks, pick(*pair)))

    assert len(set(seen)) == 4
    third = next_pair(bout)
    assert third is not None and set(third) > set(SLOTS) - set(seen)


def test_of_two_equal_entries_the_earlier_goes_on() -> None:
    equal = PairAnswer("k", "b", "a", "equal")
    pair = next_pair(Bout("seed", ("a", "b", "c"), (equal,)))

    assert pair is not None and set(pair) == {"a", "c"}


def test_a_second_look_at_a_pair_swaps_its_sides() -> None:
    picks = (pick("b", "c"), pick("a", "b"))
    swapped = next_pair(Bout("seed", ("a", "b", "c"), picks))

    assert swapped == ("b", "a")


def test_the_second_look_is_at_the_closest_loser_though_another_is_unmet() -> None:
    picks = (pick("a", "b"), pick("c", "d"), pick("a", "c"))
    pair = next_pair(Bout("seed", ("a", "b", "c", "d"), picks))

    assert pair == ("c", "a")


def test_of_losers_about_as_close_the_one_not_yet_met_is_looked_at() -> None:
    picks = (pick("a", "b"), pick("c", "d"), pick("e", "a"), pick("e", "c"))
    pair = next_pair(Bout("seed", SLOTS, picks))
    assert pair is not None and set(pair) in ({"e", "a"}, {"e", "c"})

    even = PairAnswer("k", "b", "c", "equal")
    pair = next_pair(Bout("seed", ("a", "b", "c"), (pick("a", "b"), even)))
    assert pair is not None and set(pair) == {"a", "c"}


def test_whoever_lost_only_to_an_unusable_entry_comes_back() -> None:
    out = PairAnswer("k", "a", "c", "right", frozenset("a"))
    bout = Bout("seed", ("a", "b", "c"), (pick("a", "b"), out))
    pair = next_pair(bout)

    assert bout.counted == ()
    assert pair is not None and set(pair) == {"b", "c"}


def test_one_usable_entry_needs_no_more_pairs() -> None:
    out = PairAnswer("k", "a", "b", "equal", frozenset("ab"))

    assert next_pair(Bout("seed", ("a", "b", "c"), (out,))) is None


def test_the_number_of_pairs_is_one_less_and_a_second_look_from_three() -> None:
    assert [pairs_enough(count) for count in range(6)] == [0, 0, 1, 3, 4, 5]


def test_the_second_look_lets_the_closest_loser_turn_the_result() -> None:
    field = make_field(3)
    _, answers = play(field, prefer("slot-2", "slot-0", "slot-1"))
    last = answers[-2]

    assert isinstance(last, PairAnswer)
    assert {last.left, last.right} == {"slot-2", "slot-0"}
