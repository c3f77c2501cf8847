"""The words of the code tell something. Every rule is also shown code that breaks it."""

from __future__ import annotations

import ast

import pytest

from tests import words
from tests.house import ROOT, read_house

RULES = (words.docstrings_that_open_with_what, words.names_that_say_nothing)


@pytest.fixture(scope="module")
def house():
    return read_house()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_to_its_words(rule, house):
    assert rule(house) == []


def test_tests_name_what_they_hold():
    # The journeys are left out: a few of their names are still empty.
    tops = [f"tests/{folder.name}" for folder in (ROOT / "tests").iterdir() if folder.is_dir()]
    tests = read_house(tops=[top for top in tops if top != "tests/journeys"])
    assert len(tests) > 100 and words.names_that_say_nothing(tests) == []


@pytest.mark.parametrize(
    "source",
    [
        '"""What a module does."""',
        'class Drop:\n    """What it is."""',
        'def pay():\n    """Whatever comes."""',
        "found = 1",
        "for said in []: ...",
        "def tell(said): ...",
        "rows = [found for found in []]",
    ],
)
def test_an_empty_word_is_noticed(source):
    house = {"drops.pay": ast.parse(source)}
    assert [fault for rule in RULES for fault in rule(house)]


def test_words_that_stand_elsewhere_are_let_alone():
    source = '"""Return what was found."""\nrow.found = "What was said."\nsay(found=row.said)'
    house = {"drops.pay": ast.parse(source)}
    assert [fault for rule in RULES for fault in rule(house)] == []
