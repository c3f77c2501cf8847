"""Keeping entries sealed in what judges say of them: a judge may quote, and its reader may not have seen the entry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from drops.ranking.likeness import Runs, runs_of, word_spans, words_of

QUOTE_WORDS = 4
WITHHELD = "[…]"


@dataclass(frozen=True)
class Seal:
    """The texts of the entries, and the prompt that everybody may read."""

    prompt: str
    texts: Sequence[str]

    @cached_property
    def _sealed(self) -> Runs:
        public = runs_of(words_of(self.prompt), QUOTE_WORDS)
        return frozenset().union(*(runs_of(words_of(text), QUOTE_WORDS) for text in self.texts)) - public

    def withhold(self, quoted: str) -> str:
        """`quoted` with every run of QUOTE_WORDS words from an entry replaced."""
        spans = word_spans(quoted)
        words = [word for word, _, _ in spans]
        taken = {
            place + step
            for place in range(len(words) - QUOTE_WORDS + 1)
            if tuple(words[place : place + QUOTE_WORDS]) in self._sealed
            for step in range(QUOTE_WORDS)
        }
        return _replace(quoted, [(start, end) for place, (_, start, end) in enumerate(spans) if place in taken])


def _replace(quoted: str, spans: list[tuple[int, int]]) -> str:
    """`quoted` with each span replaced; spans with no word between them become one."""
    parts: list[str] = []
    at = 0
    for start, end in spans:
        between = quoted[at:start]
        if parts and parts[-1] == WITHHELD and not re.search(r"\w", between):
            at = end
            continue
        parts += [between, WITHHELD]
        at = end
    return "".join((*parts, quoted[at:]))
