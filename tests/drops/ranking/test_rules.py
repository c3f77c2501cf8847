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
# Written by the version whose rules were the first: superscripts, Persian and full width in entries and in remarks.
STORED: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "round_of_prompts_1.json").read_text())


def stored_field() -> Field:
    entries = [
        Entry(**{**entry, "files": tuple(FileText(**file) for file in entry["files"])})
        for entry in STORED["field"]["entries"]
    ]
    return Field(STORED["field"]["prompt"], "wild", "wild-1", STORED["field"]["seed"], Letter.D, tuple(entries))


def stored_answers() -> Sequence[Answer]:
    return [answer_from_json(answer) for answer in STORED["answers"]]


def test_a_round_judged_by_the_first_rules_is_computed_again_by_them() -> None:
    step = repr(Panel(JUDGES, version=1).resume(stored_field(), stored_answers()))
    assert without_sentences(step) == without_sentences(STORED["step"])
    assert len(without_sentences(step)) > 500


def without_sentences(step: str) -> str:
    """Return a verdict as it is printed, but for what is told of it: that has versions of its own."""
    return re.sub(r"lines=\(.*\), evidence=", "", re.sub(r"reasons=.*?, confidence=", "", step))


def test_its_answers_are_none_to_today_s_questions() -> None:
    with pytest.raises(AnswerMisfit):
        Panel(JUDGES).resume(stored_field(), stored_answers())


@pytest.mark.parametrize("version", [0, PROMPTS_VERSION + 1])
def test_rules_that_there_never_were_are_refused(version: int) -> None:
    with pytest.raises(ValueError, match="no rules of version"):
        Panel(JUDGES, version=version)
