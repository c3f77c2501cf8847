"""A round judged under earlier rules gives the same result again, bit for bit."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from drops.ranking import PROMPTS_VERSION, Answer, AnswerMisfit, Entry, Field, FileText, Letter, Panel, answer_from_json

JUDGES = ("one", "two", "three")
# Each written by the version whose rules they were: superscripts, Persian and full width in entries and in remarks; by
# the second rules one answer lacks a word.
STORED: dict[int, dict[str, Any]] = {
    version: json.loads((Path(__file__).parent / "data" / f"round_of_prompts_{version}.json").read_text())
    for version in range(1, PROMPTS_VERSION)
}
of_each_version = pytest.mark.parametrize("version", STORED)


def stored_field(version: int) -> Field:
    stored = STORED[version]["field"]
    entries = [
        Entry(**{**entry, "files": tuple(FileText(**file) for file in entry["files"])}) for entry in stored["entries"]
    ]
    return Field(stored["prompt"], "wild", "wild-1", stored["seed"], Letter.D, tuple(entries))


def stored_answers(version: int) -> Sequence[Answer]:
    return [answer_from_json(answer) for answer in STORED[version]["answers"]]


@of_each_version
def test_a_round_judged_by_earlier_rules_is_computed_again_by_them(version: int) -> None:
    step = repr(Panel(JUDGES, version=version).resume(stored_field(version), stored_answers(version)))
    assert without_sentences(step) == without_sentences(STORED[version]["step"])
    assert len(without_sentences(step)) > 500


def test_an_answer_that_lacked_a_word_by_the_second_rules_lacks_it_still() -> None:
    step = repr(Panel(JUDGES, version=2).resume(stored_field(2), stored_answers(2)))
    assert (
        step.count("does not show that all was read") == STORED[2]["step"].count("does not show that all was read") > 0
    )


def without_sentences(step: str) -> str:
    """Return a verdict as it is printed, but for what is told of it: that has versions of its own."""
    return re.sub(r"lines=\(.*\), evidence=", "", re.sub(r"reasons=.*?, confidence=", "", step))


@of_each_version
def test_its_answers_are_none_to_today_s_questions(version: int) -> None:
    with pytest.raises(AnswerMisfit):
        Panel(JUDGES).resume(stored_field(version), stored_answers(version))


@pytest.mark.parametrize("version", [0, PROMPTS_VERSION + 1])
def test_rules_that_there_never_were_are_refused(version: int) -> None:
    with pytest.raises(ValueError, match="no rules of version"):
        Panel(JUDGES, version=version)
