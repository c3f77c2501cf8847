"""The golden pairs themselves, and what is made of a judge's answers to them."""

import json
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from drops.packs import PACKS
from drops.ranking import Call, CallAnswer
from drops.ranking.golden import BETTER, Figures, GoldenPair, Mark, OrderResult, Trial, add_up, golden_pairs
from drops.ranking.likeness import fenced_blocks
from tests.bench.support.judges import with_words

PAIRS = golden_pairs()
Pick = Callable[[Trial, Call], Sequence[str]]


def trial(pair: GoldenPair, seed: str = "seed") -> Trial:
    return Trial.of(pair, rubric_version=f"{pair.pack_id}-1", seed=seed)


def say(call: Call, ranked: Sequence[str]) -> CallAnswer:
    """An answer that ranks these slots; both in one group where only one is named."""
    name = {slot: name for name, slot in call.slot_of.items()}
    groups = [[name[slot]] for slot in ranked] if len(ranked) > 1 else [list(call.names)]
    notes = [{"slot": n, "best": "", "worst": "", "why_not_higher": ""} for n in call.names]
    answer = {"reasoning": "", "ranking": groups, "per_entry": notes, "decisive_difference": ""}
    return CallAnswer(call.key, json.dumps(with_words(answer, call.user)))


def figures(pick: Pick) -> Figures:
    trials = [trial(pair) for pair in PAIRS]
    return add_up([one.mark({call.key: say(call, pick(one, call)) for call in one.calls}) for one in trials])


def right(_: Trial, call: Call) -> Sequence[str]:
    return [BETTER, *(slot for slot in call.slots if slot != BETTER)]


def first(_: Trial, call: Call) -> Sequence[str]:
    return call.slots


def longest(one: Trial, call: Call) -> Sequence[str]:
    return sorted(call.slots, key=lambda slot: -len(getattr(one.pair, slot)))


def shortest(one: Trial, call: Call) -> Sequence[str]:
    return longest(one, call)[::-1]


def dressed(one: Trial, call: Call) -> Sequence[str]:
    return sorted(call.slots, key=lambda slot: -sum(getattr(one.pair, slot).count(sign) for sign in "*#|`"))


def boastful(one: Trial, call: Call) -> Sequence[str]:
    return sorted(call.slots, key=lambda slot: -sum(word[:1].isupper() for word in getattr(one.pair, slot).split()))


def test_there_are_sixty_twelve_a_pack_half_of_them_tricky() -> None:
    assert Counter(pair.pack_id for pair in PAIRS) == dict.fromkeys(PACKS, 12)
    assert Counter(pair.kind for pair in PAIRS) == {"natural": 30, "adversarial": 30}
    tricks = Counter(pair.trick for pair in PAIRS if pair.trick)
    assert len(tricks) == 6 and set(tricks.values()) == {5}


def test_no_two_are_alike() -> None:
    assert len({pair.label for pair in PAIRS}) == 60
    texts = [text for pair in PAIRS for text in (pair.prompt, pair.better, pair.worse)]
    assert len(set(texts)) == 180


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.label)
def test_a_pair_is_of_sensible_length_and_passes_the_free_checks(pair: GoldenPair) -> None:
    screening = trial(pair).screening
    assert screening.usable == ("better", "worse")
    assert all(entry.like is None and not entry.hidden and not entry.left_out for entry in screening.entries)
    assert 40 <= len(pair.prompt) <= 600 and len(pair.why) >= 20
    assert all(30 <= len(text) <= 1_600 for text in (pair.better, pair.worse))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.label)
def test_the_better_entry_says_nothing_to_judges_and_its_python_parses(pair: GoldenPair) -> None:
    text = pair.better.casefold()
    assert not any(word in text for word in ("judge", "reviewer", "evaluator", "grader", "rank", "award", "</entry"))
    for language, code in fenced_blocks(pair.better):
        if language == "python":
            compile(code, pair.label, "exec")


@pytest.mark.parametrize("pick", [first, longest, shortest, dressed, boastful])
def test_a_judge_that_looks_at_no_more_than_a_sign_does_not_pass(pick: Pick) -> None:
    shares = figures(pick)
    assert shares.shortfalls(shares.accuracy)


def test_a_judge_that_is_always_right_passes_with_nothing_to_mend() -> None:
    shares = figures(right)
    assert (shares.natural, shares.adversarial, shares.agreement, shares.malformed) == (1.0, 1.0, 1.0, 0.0)
    assert shares.first_wins == 0.5 and shares.longer_wins == shares.longer_right
    assert shares.shortfalls(1.0) == ()


def test_ties_are_half_right_and_agree() -> None:
    shares = figures(lambda _, call: call.slots[:1])
    assert (shares.accuracy, shares.agreement, shares.first_wins) == (0.5, 1.0, 0.5)


def test_what_can_not_be_read_is_counted_apart() -> None:
    one = trial(PAIRS[0])
    answers = [CallAnswer(one.calls[0].key, "I like both."), CallAnswer(one.calls[1].key, failure="it did not answer")]
    mark = one.mark({answer.key: answer for answer in answers})
    shares = add_up([mark])
    assert (shares.malformed, shares.accuracy, shares.agreement) == (1.0, 0.0, 0.0)
    assert "100% of the answers could not be read" in " ".join(shares.shortfalls(0.0))


def test_both_orders_are_shown_and_another_seed_names_them_otherwise() -> None:
    one, other = trial(PAIRS[0]), trial(PAIRS[0], "another")
    assert [call.slots for call in one.calls] == [one.calls[1].slots[::-1], one.calls[0].slots[::-1]]
    assert one.calls[0].user != other.calls[0].user
    assert one.calls[0].system == other.calls[0].system


def test_each_bar_has_its_sentence() -> None:
    weak = Figures(0.84, 0.69, 0.8, 0.79, 0.06, 0.5, 0.5, 0.5)
    assert len(weak.shortfalls(0.86)) == 5
    enough = Figures(0.85, 0.70, 0.8, 0.80, 0.05, 0.5, 0.5, 0.5)
    assert enough.shortfalls(0.85) == ()


def test_a_judge_that_prefers_places_disagrees_with_itself() -> None:
    swayed = Mark(PAIRS[0], (OrderResult(True, 1.0), OrderResult(False, 0.0)))
    shares = add_up([swayed])
    assert (shares.agreement, shares.first_wins, shares.accuracy) == (0.0, 1.0, 0.5)
