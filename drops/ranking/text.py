"""Strangers' text made fit to be compared: nothing hidden in it, one spelling for each letter, an end to its length."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Letters, marks and a symbol that print nothing, though their category says they are visible.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Joiners and selectors that spell emoji, Persian or Hindi: they go too, but they are nothing to tell on.
_SPELLING = re.compile(
    "(?<=[^\x00-\x7f\u200b-\u200f\ufe00-\ufe0f])(?:[\ufe0e\ufe0f]?[\u200c\u200d]|[\ufe0e\ufe0f])|(?<=[0-9#*])\ufe0f"
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text without hidden characters, and how many of them were taken out."""

    text: str
    hidden: int


def clean_text(raw: str) -> CleanText:
    """`raw` in NFKC without control, zero-width, direction, tag and private-use characters.

    Line ends become newlines; tabs and newlines stay. A byte order mark at the start and the joiners of ordinary
    writing are taken out without being counted. Cleaning twice changes nothing more.
    """
    text = _LINE_ENDS.sub("\n", raw.removeprefix("\ufeff"))
    hidden = {char for char in set(text) if _is_hidden(char)}
    count = sum(text.count(char) for char in hidden) - sum(map(len, _SPELLING.findall(text)))
    # What is hidden can stand between two characters that compose, and composing can bring up what is hidden.
    return CleanText(_normalise(_strip(_normalise(text))), count)


def cut_text(text: str, chars_max: int) -> tuple[str, int]:
    """The start of `text`, at most `chars_max` characters, and how many were left out."""
    return text[:chars_max], max(0, len(text) - chars_max)


def one_line(text: str, chars_max: int) -> str:
    """`text`, cleaned, as one line of plain text; what is too long ends in an ellipsis."""
    line = _SPACES.sub(" ", clean_text(text).text).strip()
    return line if len(line) <= chars_max else line[: chars_max - 1].rstrip() + "…"


def _normalise(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _strip(text: str) -> str:
    return text.translate({ord(char): None for char in set(text) if _is_hidden(char)})


def _is_hidden(char: str) -> bool:
    code = ord(char)
    if char in "\n\t" or (code < 0x7F and code >= 0x20):
        return False
    if unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs"} or char in _BLANKS:
        return True
    # By number and not by category, or another release of Unicode would give another text.
    selector = 0xFE00 <= code <= 0xFE0F or 0xE0000 <= code <= 0xE0FFF
    never_a_character = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return selector or never_a_character or 0xFFF0 <= code <= 0xFFF8
