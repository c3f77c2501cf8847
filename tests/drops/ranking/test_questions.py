import json
from typing import Any

import pytest

from drops.ranking import (
    Answer,
    AnswerMisfit,
    Grade,
    GradeAnswer,
    Letter,
    Pair,
    PairAnswer,
    answer_from_json,
    check_answer,
)

PAIR = PairAnswer("k1", "a", "b", "left", frozenset({"b"}))
GRADE = GradeAnswer("k2", "a", Letter.S)


@pytest.mark.parametrize("answer", [PAIR, GRADE])
def test_an_answer_survives_the_way_through_json(answer: Answer) -> None:
    stored = json.loads(json.dumps(answer.to_json()))

    assert answer_from_json(stored) == answer
    assert type(answer).from_json(stored) == answer


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "guess"}, "kind is pair or grade"),
        ({"pick": "both"}, "left, right or equal"),
        ({"key": ""}, "key is a text"),
        ({"left": 7}, "left is a text"),
        ({"left": "b"}, "two different"),
        ({"unusable": "b"}, "list of slots"),
        ({"unusable": [7]}, "list of slots"),
        ({"unusable": ["c"]}, "entry of the pair"),
        ({"unusable": ["a"]}, "both picked and unusable"),
        ({"more": 1}, "has exactly"),
    ],
)
def test_a_spoilt_pair_answer_is_refused_with_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        answer_from_json(PAIR.to_json() | change)


@pytest.mark.parametrize("grade", ["E", "s", "", None, 1])
def test_a_grade_that_is_no_letter_is_refused(grade: object) -> None:
    with pytest.raises(ValueError, match="grade"):
        answer_from_json(GRADE.to_json() | {"grade": grade})


@pytest.mark.parametrize("data", [None, [], "pair", {}])
def test_what_is_no_answer_at_all_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="An answer is an object"):
        answer_from_json(data)


def test_a_missing_field_is_refused() -> None:
    data = PAIR.to_json()
    del data["unusable"]

    with pytest.raises(ValueError, match="has exactly"):
        answer_from_json(data)


def test_one_kind_is_not_read_as_the_other() -> None:
    with pytest.raises(ValueError, match="kind grade"):
        GradeAnswer.from_json(PAIR.to_json())
    with pytest.raises(ValueError, match="is an object"):
        PairAnswer.from_json(None)


def test_answers_that_fit_pass() -> None:
    check_answer(Pair("k1", "a", "b"), PAIR)
    check_answer(Grade("k2", "a"), GRADE)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (Pair("other", "a", "b"), PAIR),
        (Pair("k1", "b", "a"), PAIR),
        (Grade("k1", "a"), PAIR),
        (Grade("k2", "b"), GRADE),
        (Pair("k2", "a", "b"), GRADE),
    ],
)
def test_an_answer_to_anything_else_is_a_misfit(question: Pair | Grade, answer: Answer) -> None:
    with pytest.raises(AnswerMisfit):
        check_answer(question, answer)
