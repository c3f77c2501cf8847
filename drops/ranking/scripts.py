"""Which characters that show nothing by themselves a text needs all the same, by the script they stand in.

A run of them is judged by the seen characters before and after it, so at most one of each sort stays in one place: no
message fits into what is left, and what is left stays when it is looked at again.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

Ranges = Sequence[tuple[int, int]]

JOINERS = "\u200c\u200d"
DIRECTION_MARKS = "\u200e\u200f\u061c"
ZERO_WIDTH_SPACE = "\u200b"
EMOJI_LOOKS = "\ufe0e\ufe0f"
KEYCAP = "\u20e3"
BLACK_FLAG = "\U0001f3f4"
# England, Scotland and Wales: the only flags that are spelled with tags.
FLAG_TAGS = tuple("".join(chr(0xE0000 + ord(char)) for char in f"{name}\x7f") for name in ("gbeng", "gbsct", "gbwls"))

# Arabic, Syriac, N'Ko, Mandaic and their neighbours; Devanagari to Sinhala; Tibetan to Myanmar; Mongolian; Brahmi.
_JOINED: Ranges = (
    (0x0600, 0x07FF),
    (0x0840, 0x0DFF),
    (0x0F00, 0x109F),
    (0x1780, 0x17FF),
    (0x1800, 0x18AF),
    (0x1B00, 0x1C4F),
    (0xA840, 0xA8FF),
    (0xA980, 0xA9DF),
    (0xABC0, 0xABFF),
    (0xFB50, 0xFDCF),
    (0xFDF0, 0xFDFF),
    (0xFE70, 0xFEFE),
    (0x10A00, 0x10AFF),
    (0x11000, 0x11FFF),
    (0x1E900, 0x1E95F),
)
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
# Thai, Lao, Tibetan, Myanmar, Khmer, Tai: no spaces between words, so the line may break where this stands.
_UNSPACED: Ranges = (
    (0x0E00, 0x0FFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x1950, 0x1AAF),
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAADF),
)
_PICTURES: Ranges = (
    (0x00A9, 0x00A9),
    (0x00AE, 0x00AE),
    (0x203C, 0x203C),
    (0x2049, 0x2049),
    (0x2122, 0x2122),
    (0x2139, 0x2139),
    (0x2190, 0x21FF),
    (0x2300, 0x23FF),
    (0x24C2, 0x24C2),
    (0x25A0, 0x27BF),
    (0x2900, 0x297F),
    (0x2B00, 0x2BFF),
    (0x3030, 0x3030),
    (0x303D, 0x303D),
    (0x3297, 0x3297),
    (0x3299, 0x3299),
    (0x1F000, 0x1FAFF),
)
_MONGOLIAN: Ranges = ((0x1800, 0x18AF),)
_HAN: Ranges = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
# Bopomofo and Kana, Hangul: as Han, a character is a syllable or a word.
_SYLLABLES: Ranges = (
    (0x1100, 0x11FF),
    (0x3040, 0x312F),
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0xAC00, 0xD7FB),
    (0xFF66, 0xFF9D),
)
MONGOLIAN_FORMS = "\u180b\u180c\u180d\u180f\u180e"


def pattern_of(*scripts: Ranges) -> re.Pattern[str]:
    """Return what matches one character of these scripts."""
    return re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for ranges in scripts for first, last in ranges) + "]")


# A character says as much as a word of letters; and words of letters that no space parts.
DENSE = pattern_of(_HAN, _SYLLABLES)
UNSPACED = pattern_of(_UNSPACED)


@dataclass(frozen=True)
class Line:
    """One line of a text, and what its scripts need of the characters in it that show nothing by themselves."""

    text: str

    def without_hidden(self, runs: re.Pattern[str]) -> str:
        """The line with each of `runs` cut down to what is needed."""
        return runs.sub(self._kept_of, self.text)

    @cached_property
    def _turns(self) -> bool:
        return bool(_RIGHT_TO_LEFT.search(self.text))

    def _kept_of(self, match: re.Match[str]) -> str:
        run, start, end = match.group(), match.start(), match.end()
        before, after = self.text[start - 1 : start] if start else "", self.text[end : end + 1]
        form = _form(run, before, after)
        mark = next((char for char in run if char in DIRECTION_MARKS), "") if self._turns else ""
        return form + _joiner(run, before, after) + mark


def _form(run: str, before: str, after: str) -> str:
    """Return what follows a character that has more than one look, and says which."""
    first = run[0]
    if before == BLACK_FLAG and first not in EMOJI_LOOKS:
        return next((tags for tags in FLAG_TAGS if run.startswith(tags)), "")
    is_keycap = before != "" and before in "0123456789#*" and after == KEYCAP
    if first in EMOJI_LOOKS and (is_keycap or _is_in(before, _PICTURES)):
        return first
    if first in MONGOLIAN_FORMS and _is_in(before, _MONGOLIAN):
        return first
    return first if "\U000e0100" <= first <= "\U000e01ef" and _is_in(before, _HAN) else ""


def _joiner(run: str, before: str, after: str) -> str:
    """Return the first joiner of a run, in a script that joins or between pictures, or a space without width."""
    first = next((char for char in run if char in JOINERS or char == ZERO_WIDTH_SPACE), "")
    if first == ZERO_WIDTH_SPACE:
        return first if _is_in(before, _UNSPACED) and _is_in(after, _UNSPACED) else ""
    if first == "\u200d" and _is_in(before, _PICTURES) and _is_in(after, _PICTURES):
        return first
    return first if _is_in(before, _JOINED) or _is_in(after, _JOINED) else ""


def _is_in(char: str, ranges: Ranges) -> bool:
    if not char:
        return False
    code = ord(char)
    at = bisect.bisect_right(ranges, code, key=lambda pair: pair[0]) - 1
    return at >= 0 and code <= ranges[at][1]
