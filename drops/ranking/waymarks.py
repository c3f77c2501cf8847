"""Where words of ours go within strangers' texts: whoever repeats all of them was shown all but what is between two.

A word stands on a line of its own where the text has a line break nearby, else between two words, else between two
characters. Taken out again, the words leave the text as it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import chain

# Between two words stands at most so much, or an eighth of a long text: what may be missed, against what it costs.
SPAN_CHARS_MIN = 1_000
SPANS = 8

# Not in any text that was made fit to be read.
SLOT = "\0"
# A line of its own, or within one.
_MARK = re.compile(r'(?<![^\n])<note fence="\w+" word="\w+">\n|<note fence="\w+" word="\w+">')
_JOINERS = "\u200c\u200d"


def mark_texts(texts: Sequence[str], nonce: str) -> list[str]:
    """`texts`, which are shown one after the other, with our lines among theirs; SLOT stands for each word."""
    span = max(SPAN_CHARS_MIN, -(-sum(map(len, texts)) // SPANS))
    marked, since = [], 0
    for text in texts:
        parts, start = [], 0
        while since + len(text) - start > span:
            end = _place(text, start, start + max(0, span - since), span // 3)
            parts.append(text[start:end])
            start, since = end, 0
        since += len(text) - start
        marked.append(_join([*parts, text[start:]], f'<note fence="{nonce}" word="{SLOT}">'))
    return marked


def _place(text: str, start: int, end: int, room: int) -> int:
    """Return the best place to break `text`, at most `room` before `end`: a paragraph's, a line's, a word's end."""
    first = max(start, end - room)
    for gap in ("\n\n", "\n", " "):
        at = text.rfind(gap, first, end)
        if at >= 0:
            return at + len(gap)
    while end > first + 1 and _belongs(text[end - 1], text[end]):
        end -= 1
    return end


def _belongs(before: str, after: str) -> bool:
    """Whether `after` is a part of the letter or picture that `before` is of."""
    return before in _JOINERS or after in _JOINERS or unicodedata.category(after) in {"Mn", "Mc", "Me", "Sk"}


def _join(parts: Sequence[str], mark: str) -> str:
    marks = [f"{mark}\n" if part.endswith("\n") or not part else mark for part in parts[:-1]]
    return "".join(chain.from_iterable(zip(parts, (*marks, ""), strict=True)))


def fill(text: str, words: Sequence[str]) -> str:
    """`text` with the `words` for its SLOTs."""
    return "".join(chain.from_iterable(zip(text.split(SLOT), (*words, ""), strict=True)))


def without_marks(text: str) -> str:
    """`text` without our lines, should somebody have copied them."""
    return _MARK.sub("", text)
