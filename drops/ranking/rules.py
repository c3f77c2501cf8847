"""A panel's rules, version by version: a result is computed again by those under which its round was judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drops.ranking.folding import fold_text
from drops.ranking.text import CleanText, clean_text


@dataclass(frozen=True, slots=True)
class Rules:
    """`clean` makes a text fit to be read.

    `needs_reading`: an answer must show that all was read, and no letter comes, rises or falls by one that is missing.
    `words_within`: what it must repeat also stands after the prompt, before each entry and within them.
    """

    version: int
    clean: Callable[[str], CleanText]
    needs_reading: bool
    words_within: bool


# Part of every call's key: with another wording or another reading, stored answers belong to another question.
PROMPTS_VERSION = 3
RULES: Mapping[int, Rules] = {
    1: Rules(1, fold_text, needs_reading=False, words_within=False),
    2: Rules(2, clean_text, needs_reading=True, words_within=False),
    3: Rules(3, clean_text, needs_reading=True, words_within=True),
}
NEWEST = RULES[PROMPTS_VERSION]


def rules_of(version: int) -> Rules:
    """The rules of `version`. Raises ValueError where there are none."""
    if version not in RULES:
        raise ValueError(f"There are no rules of version {version}.")
    return RULES[version]
