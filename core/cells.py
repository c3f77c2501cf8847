"""Cells of CSV files that people open in a spreadsheet."""

from __future__ import annotations

import re

# A cell that begins like a formula is one to a spreadsheet, whoever wrote it.
FORMULA = re.compile(r"[=+\-@\t\r]")


def plain(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


class Echo:
    """A file that hands back what is written to it: a CSV line by line."""

    def write(self, text: str) -> str:
        return text
