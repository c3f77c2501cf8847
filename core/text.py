"""Strangers' text at the door: what may be stored at all. Pure Python."""

from __future__ import annotations

import unicodedata

# How long a reason may be that staff give for what they do.
REASON_CHARS_MAX = 2000
# And how long what the person it concerns is told.
TOLD_CHARS_MAX = 1000


def one_line(text: str) -> str:
    """`text` in one line of NFC, without what is invisible or turns the reading direction: fit for a title, a mail."""
    seen = "".join(char if _is_seen(char) else " " if char.isspace() else "" for char in text)
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def _is_seen(char: str) -> bool:
    # Joiners stay: emoji and several scripts are written with them.
    if char in "\u200c\u200d":
        return True
    # U+FFFE and the like are no characters at all: one of them makes a feed that no reader takes.
    is_none = ord(char) & 0xFFFE == 0xFFFE or "\ufdd0" <= char <= "\ufdef"
    return not is_none and unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


def cut_at_word(line: str, chars_max: int) -> str:
    """Return `line`, at most `chars_max` characters of it: cut after a word, and inside one only if it is very long."""
    if len(line) <= chars_max:
        return line
    start = line[: chars_max - 1]
    whole, space, _half = start.rpartition(" ")
    cut = whole if space and not line[chars_max - 1].isspace() and len(whole) > chars_max // 2 else start
    return cut.rstrip() + "…"


def as_sentence(text: str) -> str:
    """Return `text` with a full stop where it lacks an end, so that another sentence may follow it."""
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…", ":")) else f"{text}."


def fault_in(text: object, *, chars_max: int, required: bool = True) -> str | None:
    """Return a sentence on why `text` can't be stored as text of at most `chars_max` characters; None if it can."""
    if not isinstance(text, str):
        return "This must be text."
    if required and not text.strip():
        return "This must not be empty."
    if len(text) > chars_max:
        return f"This has {len(text):,} characters; at most {chars_max:,} fit."
    if "\x00" in text:
        return "This contains NUL bytes, which are not text."
    try:
        text.encode()
    except UnicodeEncodeError:
        return "This is not valid Unicode text: it contains half of a surrogate pair."
    return None


# Letters and a symbol by category, and yet nothing is drawn: Hangul's fillers, and the blank of braille.
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"


def shows_nothing(text: str) -> bool:
    """Whether nothing of a text is seen: it has but spaces, what is invisible, and marks without a letter."""
    return all(char in _BLANKS or unicodedata.category(char)[0] in "ZCM" for char in text)
