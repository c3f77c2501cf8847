"""How one text became another: lines that stayed, went and came, and in lines that were changed the words. No rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import regex

# What comparing takes grows with the square of it. More than this is not compared, and said so.
LINES_MAX = 600
# Of one changed place, and of all of them together; what is beyond is shown as it was and as it is.
WORDS_MAX = 400
ALL_WORDS_MAX = 4_000
# Lines that stayed, before and after a change.
AROUND = 2

_WORDS = regex.compile(r"\w+|\s+|.", regex.DOTALL)


@dataclass(frozen=True)
class Part:
    """A piece of text that stayed, or is only in the older (`del`) or the newer (`ins`) one."""

    kind: str
    text: str


def compare(older: str, newer: str) -> list[Part] | None:
    """Return the parts of both texts in their order, long stretches that stayed cut to their ends; None if too long."""
    before, after = older.splitlines(keepends=True), newer.splitlines(keepends=True)
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if max(len(old), len(new)) > LINES_MAX:
        return None
    parts = [*_stayed(before[:start], is_first=True), *_changes(old, new)]
    return _joined([*parts, *_stayed(before[len(before) - end :], is_last=True)])


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(one), len(other)))


def _changes(old: list[str], new: list[str]) -> Iterator[Part]:
    room = ALL_WORDS_MAX
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from _stayed(old[a:b])
            continue
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        before, after = _WORDS.findall(gone), _WORDS.findall(come)
        longest = max(len(before), len(after))
        if gone and come and longest <= min(WORDS_MAX, room):
            room -= longest
            yield from _words(before, after)
        else:
            yield from (Part("del", gone), Part("ins", come))


def _words(before: list[str], after: list[str]) -> list[Part]:
    """Return what changed within lines, word by word; as a whole where little has stayed."""
    whole = [Part("del", "".join(before)), Part("ins", "".join(after))]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < 0.4:
        return whole
    parts = []
    for tag, a, b, c, d in matcher.get_opcodes():
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        parts += [Part("same", gone)] if tag == "equal" else [Part("del", gone), Part("ins", come)]
    return parts


def _stayed(lines: list[str], *, is_first: bool = False, is_last: bool = False) -> list[Part]:
    head, tail = (0 if is_first else AROUND), (0 if is_last else AROUND)
    if len(lines) <= head + tail + 1:
        return [Part("same", "".join(lines))]
    left_out = Part("gap", str(len(lines) - head - tail))
    return [Part("same", "".join(lines[:head])), left_out, Part("same", "".join(lines[len(lines) - tail :]))]


def _joined(parts: list[Part]) -> list[Part]:
    return [part for part in parts if part.text]
