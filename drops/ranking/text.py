"""Strangers' text made fit to be judged: nothing hidden in it, all that its script needs, an end to its length.

What is read and what is compared are two forms. Judges read NFC, in which 10² m² stays what it is; `folding` has the
form in which a copy or a name is found however it is spelled, and nobody is shown that one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from drops.ranking.scripts import Line

# Letters, marks and a symbol that print nothing, though their category says they are visible.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
# These are of the category of what is not seen, and are seen: signs above or around Arabic and Kaithi figures.
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u0890\u0891\u08e2\U000110bd\U000110cd")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text without hidden characters, and how many of them were taken out."""

    text: str
    hidden: int


def clean_text(raw: str) -> CleanText:
    """`raw` in NFC as a judge reads it: without control, zero-width, direction, tag and private-use characters.

    What a script is written with stays where it stands as it should: joiners and direction marks of Persian or Hindi,
    spaces without width between the words of Khmer, what makes one emoji of several; `scripts` says which. Line ends
    become newlines; tabs and newlines stay. A byte order mark at the start is taken out without being counted.
    Cleaning twice changes nothing more.
    """
    text = unicodedata.normalize("NFC", unify_line_ends(raw))
    hidden = {char for char in set(text) if is_hidden(char) and char not in _SEEN}
    if not hidden:
        return CleanText(text, 0)
    runs = re.compile(f"[{re.escape(''.join(sorted(hidden)))}]+")
    shown = "\n".join(Line(line).without_hidden(runs) for line in text.split("\n"))
    # What was hidden can have stood between two characters that compose.
    return CleanText(unicodedata.normalize("NFC", shown), len(text) - len(shown))


def cut_text(text: str, chars_max: int) -> tuple[str, int]:
    """The start of `text`, at most `chars_max` characters, and how many were left out."""
    return text[:chars_max], max(0, len(text) - chars_max)


def one_line(text: str, chars_max: int) -> str:
    """`text`, cleaned, as one line of plain text; what is too long ends in an ellipsis."""
    return line_of(clean_text(text).text, chars_max)


def line_of(text: str, chars_max: int) -> str:
    """`text`, which is clean, in one line; what is too long ends in an ellipsis."""
    line = _SPACES.sub(" ", text).strip()
    return line if len(line) <= chars_max else line[: chars_max - 1].rstrip() + "…"


def apart(line: str) -> str:
    """`line`, which is clean, for a sentence of ours: one that runs from right to left turns only itself."""
    runs_left = any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in line)
    return f"\u2068{line}\u2069" if runs_left else line


def unify_line_ends(raw: str) -> str:
    """`raw` with newlines for all line ends, and without a byte order mark at its start."""
    return _LINE_ENDS.sub("\n", raw.removeprefix("\ufeff"))


def is_hidden(char: str) -> bool:
    """Whether nothing is seen of `char` alone, whatever it does to its neighbours."""
    code = ord(char)
    if char in "\n\t" or (code < 0x7F and code >= 0x20):
        return False
    if unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs"} or char in _BLANKS:
        return True
    # By number and not by category, or another release of Unicode would give another text.
    selector = 0xFE00 <= code <= 0xFE0F or 0xE0000 <= code <= 0xE0FFF
    never_a_character = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return selector or never_a_character or 0xFFF0 <= code <= 0xFFF8
