"""Strangers' words, made fit for a terminal: nothing in them moves its cursor, turns its text or writes its title."""

from __future__ import annotations

import re

# Sequences go as a whole, or their letters would stay. A string of theirs (a title, a clipboard) ends with BEL or ST.
_SEQUENCE = re.compile(
    r"(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
# The colours that we give words ourselves; see `output.STYLES`.
_OURS = re.compile(r"(\x1b\[(?:[012]|3[12356])m)")
_RAW_IN_JSON = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def clean(text: object) -> str:
    """Return a text without control characters, sequences of them, and overrides of its direction; lines stay."""
    lines = str(text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _SEQUENCE.sub("", lines)).replace("\t", "    ")


def fit_line(line: str) -> str:
    """Return a line for a terminal with nothing but words and our own colours, whoever wrote any part of it."""
    if line.isascii() and line.isprintable():
        return line
    return "".join(part if number % 2 else clean(part) for number, part in enumerate(_OURS.split(line)))


def one_line(text: object, most: int = 0) -> str:
    """Return a text as one clean line, cut to `most` columns where that is given."""
    line = " ".join(clean(text).split())
    return cut(line, most) if most else line


def columns(text: str) -> int:
    """Return how many columns a clean line takes in a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    narrow = [char for char in text if not combining(char) and char not in "\u200b\u200c\u200d\ufe0f"]
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in narrow)


def cut(line: str, most: int) -> str:
    if columns(line) <= most:
        return line
    kept, width = "", 0
    for char in line:
        width += columns(char)
        if width > most - 1:
            break
        kept += char
    return kept.rstrip() + "…"


def table(rows: list[list[str]], *, width: int, right: tuple[int, ...] = ()) -> list[str]:
    """Return rows as aligned lines no wider than `width`; the last column gives way. `right` names columns of sums."""
    if not rows:
        return []
    widths = [max(columns(row[number]) for row in rows) for number in range(len(rows[0]))]
    widths[-1] = max(12, min(widths[-1], width - sum(widths[:-1]) - 2 * (len(widths) - 1)))
    return ["  ".join(_cells(row, widths, right)).rstrip() for row in rows]


def _cells(row: list[str], widths: list[int], right: tuple[int, ...]) -> list[str]:
    cells = []
    for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
        shown = cut(cell, width)
        space = " " * (width - columns(shown))
        cells.append(space + shown if number in right else shown + space)
    return cells


def fit_for_terminal(json_text: str) -> str:
    """Return JSON in which what else would move or turn a terminal's text is escaped too."""
    return _RAW_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", json_text)
