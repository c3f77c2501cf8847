"""Printing. Results go to stdout, as text on a terminal and as JSON elsewhere; all else goes to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from clorp_cli import words
from clorp_cli.amounts import clock_time, length
from clorp_cli.errors import Failure
from clorp_cli.text import clean, fit_for_terminal, fit_line, one_line
from clorp_cli.words import gettext as _

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "magenta": "35", "cyan": "36"}
GRADE_STYLES = {"S": "yellow", "A": "red", "B": "magenta", "C": "magenta", "D": "cyan", "F": "dim"}


class Output:
    """Stdout and stderr of one command. `as_json` is set by --json, and holds where stdout is no terminal."""

    def __init__(self) -> None:
        self.as_json = not sys.stdout.isatty()
        self.streaming = False

    def for_a_program(self) -> None:
        """Print JSON, and speak English from here on: what programs and their logs hold is the same everywhere."""
        self.as_json = True
        words.speak(words.ENGLISH)

    @property
    def width(self) -> int:
        import shutil

        return max(40, shutil.get_terminal_size((100, 24)).columns)

    def result(self, data: Any, lines: Callable[[], Iterable[str]]) -> None:
        """Print what was asked for: `data` to a program, `lines` to a person."""
        if self.as_json:
            self._print(json.dumps(data, ensure_ascii=False, indent=None if self.streaming else 2))
        else:
            for line in lines():
                self._print(line)

    def event(self, data: dict[str, Any], line: str) -> None:
        """Print one line of a stream at once: JSON to a program, a sentence to a person."""
        self.streaming = True
        self.result(data, lambda: [line])

    def note(self, line: str, *, style: str = "") -> None:
        """Tell a person something beside the result."""
        line = fit_line(line)
        print(styled(style, line) if style and sys.stderr.isatty() else line, file=sys.stderr, flush=True)  # noqa: T201

    def style(self, name: str, text: str) -> str:
        return styled(name, text) if not self.as_json and sys.stdout.isatty() else text

    def failure(self, failure: Failure) -> None:
        """Tell a person what went wrong, and a program too, by the problem document."""
        code = f" [{clean(failure.code)}]" if failure.document.get("status") else ""
        self.note(f"{clean(failure.message)}{code}", style="red")
        for field, error in failure.fields:
            self.note(f"  {one_line(field)}: {one_line(error)}")
        if failure.until:
            from datetime import UTC, datetime

            left = (failure.until - datetime.now(UTC)).total_seconds()
            until = _("Until {time}, in {left}.").format(time=clock_time(failure.until), left=length(left))
            self.note(f"  {until}")
        if failure.next_step:
            self.note(f"  {clean(failure.next_step)}")
        if self.as_json:
            self.result(failure.document, list)

    def _print(self, text: str) -> None:
        # JSON leaves some control characters as they are. A site's numbers and codes may be no such things.
        print(fit_for_terminal(text) if self.as_json else fit_line(text), flush=True)  # noqa: T201


def styled(name: str, text: str) -> str:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or name not in STYLES:
        return text
    return f"\x1b[{STYLES[name]}m{text}\x1b[0m"


def _percent(share: float) -> str:
    return _("{number}%").format(number=round(share * 100))


class Bar:
    """How much of the files was sent, on one line of stderr; nothing where that is no terminal."""

    WIDTH = 24

    def __init__(self) -> None:
        self.is_shown = sys.stderr.isatty()

    def of(self, name: str, size: int) -> Callable[[int], None]:
        sent = 0

        def tell(count: int) -> None:
            nonlocal sent
            sent = min(size, sent + count)
            if self.is_shown:
                self._draw(one_line(name, 30), sent / size if size else 1.0)

        return tell

    def _draw(self, name: str, share: float) -> None:
        full = round(self.WIDTH * share)
        sys.stderr.write(f"\r\x1b[K{name}  {'█' * full}{'░' * (self.WIDTH - full)} {_percent(share):>5}")
        if share >= 1:
            sys.stderr.write("\n")
        sys.stderr.flush()
