"""The form in which texts are compared and never shown: one spelling for each letter, and no joiners."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from drops.ranking.text import CleanText, is_hidden, unify_line_ends

# Joiners and selectors that spell emoji, Persian or Hindi: they go too, but they are nothing to tell on.
_SPELLING = re.compile(
    "(?<=[^\x00-\x7f\u200b-\u200f\ufe00-\ufe0f])(?:[\ufe0e\ufe0f]?[\u200c\u200d]|[\ufe0e\ufe0f])|(?<=[0-9#*])\ufe0f"
)


def fold_text(raw: str) -> CleanText:
    """`raw` in NFKC without any character that is not seen. Folding twice changes nothing more.

    Entries were also read in this form under the first version of the prompts, with what was hidden counted so.
    """
    text = unify_line_ends(raw)
    hidden = {char for char in set(text) if is_hidden(char)}
    count = sum(text.count(char) for char in hidden) - sum(map(len, _SPELLING.findall(text)))
    # What is hidden can stand between two characters that compose, and composing can bring up what is hidden.
    return CleanText(_normalise(_strip(_normalise(text))), count)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded `text`, and for each of its characters where the piece it was made of starts and ends in the original.

    Case stays: a name that is also a word is found only as it is written.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, original: str) -> Folded:
        """Fold `original` piece by piece."""
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for start, end in _pieces(original):
            folded = _normalise(_strip(_normalise(original[start:end])))
            parts.append(folded)
            starts += [start] * len(folded)
            ends += [end] * len(folded)
        return cls("".join(parts), tuple(starts), tuple(ends))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the folded characters from `start` to `end`, which is beyond `start`, stand in the original."""
        return self.starts[start], self.ends[end - 1]


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of every character with all that may compose with it."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not _goes_with_last(text[place]):
            if start < place:
                yield start, place
            start = place


def _goes_with_last(char: str) -> bool:
    if char < "\x80":
        return False
    # Marks, the vowels and endings of Hangul, and what is hidden before a mark.
    return bool(unicodedata.combining(char)) or "\u1160" <= char <= "\u11ff" or is_hidden(char)


def _normalise(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _strip(text: str) -> str:
    return text.translate({ord(char): None for char in set(text) if is_hidden(char)})
