"""Refuse templates with long lines, and sheets that are not laid out one declaration a line; `--write` lays them out.

`python -m clorp.dev.template_style [--write]`. What a template says is for djlint, how it is indented for djhtml.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import cssbeautifier

from clorp.dev.environment import ROOT
from clorp.dev.say import say

CHARS_MAX = 120


def laid_out(sheet: str) -> str:
    """Return the sheet with one declaration a line; blank lines between rules stay where they are."""
    options = cssbeautifier.default_options()
    options.indent_size = 2
    options.end_with_newline = True
    options.newline_between_rules = False
    options.space_around_combinator = True
    return str(cssbeautifier.beautify(sheet, options))


def long_lines(text: str) -> list[int]:
    """Return the numbers of the lines that are too long to be read."""
    return [number for number, line in enumerate(text.splitlines(), start=1) if len(line) > CHARS_MAX]


def faults_of(path: Path) -> Iterator[str]:
    text = path.read_text()
    for number in long_lines(text):
        yield f"{path}:{number}: longer than {CHARS_MAX} characters"
    if path.suffix == ".css" and laid_out(text) != text:
        yield f"{path}: not one declaration a line; python -m clorp.dev.template_style --write does it"


def sheets() -> list[Path]:
    return sorted((ROOT / "static" / "css").glob("*.css"))


def templates() -> list[Path]:
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})


def main(arguments: list[str]) -> int:
    if "--write" in arguments:
        for path in sheets():
            path.write_text(laid_out(path.read_text()))
    faults = [fault for path in (*sheets(), *templates()) for fault in faults_of(path)]
    for fault in faults:
        say(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
