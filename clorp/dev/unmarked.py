"""Refuse words in templates, scripts and the command line that nobody could translate: gettext never sees them.

`python -m clorp.dev.unmarked`. A template marks its words by `translate`, `blocktranslate` or `_("…")`; a script has
none of its own, and takes them from attributes of the page. The command line is read by `clorp.dev.cli_words`, the
code of the site by `tests/test_unmarked.py`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, Token, TokenType

from clorp.dev import cli_words
from clorp.dev.environment import ROOT
from clorp.dev.say import say

# Names, units, codes and gaps to be filled are the same in every language.
SAME_EVERYWHERE = re.compile(r"\b(clorp|AGPL-3\.0|UTC|sha256|[0-9a-f]{32,})\b|\{\w+\}")
WORD = re.compile(r"[^\W\d_]{2}")
# Blocks that hold classes of CSS.
SILENT_BLOCKS = {"main_shape", "bodyclass"}
SPOKEN_ATTRIBUTES = {"aria-label", "aria-description", "aria-roledescription", "aria-valuetext"}
SPOKEN_ATTRIBUTES |= {"title", "placeholder", "alt", "label"}
SPOKEN_META = {"description", "og:title", "og:description", "og:image:alt"}
# Code, or what people wrote.
SILENT_ELEMENTS = {"script", "style", "code", "kbd", "pre", "textarea"}
# In attributes of data, what has more than one word is meant for people.
SENTENCE = re.compile(r"[^\W\d_]{2,}[,:]? [^\W\d_]")
# Which of their arguments the tags show.
SHOWN_ARGUMENTS = {"emptystate": (2,), "dialog": (2, 3), "icon": (2,)}
SHOWN_KEYWORDS = re.compile(r"""\b(?:label|words|heading|title|announced|over)=["'][^"']*[^\W\d_]{2}""")
SHOWN_FILTERS = re.compile(r"""\|(?:default|default_if_none|yesno|pluralize)(?::["'][^"']*[^\W\d_]|\s*$)""")

Fault = tuple[int, str]


class Spoken(HTMLParser):
    """Collects what a page says, in its text and its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[Fault] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT_ELEMENTS
        given = dict(attrs)
        for name, value in attrs:
            words = WORD if is_spoken(tag, name, given) else SENTENCE if name.startswith("data-") else None
            if words and words.search(without_names(value or "")):
                self._note(f'{name}="{value}"')

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._silent -= tag in SILENT_ELEMENTS

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT_ELEMENTS

    def handle_data(self, data: str) -> None:
        if not self._silent and WORD.search(without_names(data)):
            self._note(data, data[: len(data) - len(data.lstrip())].count("\n"))

    def _note(self, words: str, lines: int = 0) -> None:
        self.faults.append((self.getpos()[0] + lines, " ".join(words.split())))


def is_spoken(tag: str, name: str, given: dict[str, str | None]) -> bool:
    if tag == "meta":
        return name == "content" and bool(SPOKEN_META & {given.get("name"), given.get("property")})
    if tag == "input" and name == "value":
        return given.get("type") in {"submit", "button", "reset"}
    return name in SPOKEN_ATTRIBUTES


def without_names(text: str) -> str:
    return SAME_EVERYWHERE.sub("", text)


def unmarked_in_template(source: str, *, is_page: bool = True) -> list[Fault]:
    """Return the line and the words of whatever a template says without marking it."""
    kept, faults, skips_to = "", list[Fault](), ""
    for token in Lexer(source).tokenize():
        name, *arguments = token.contents.split() if token.token_type == TokenType.BLOCK else [""]
        if skips_to:
            kept += "\n" * token.contents.count("\n") if token.token_type == TokenType.TEXT else ""
            skips_to = "" if name == skips_to else skips_to
        elif name in {"blocktranslate", "comment"} or SILENT_BLOCKS.intersection(arguments):
            kept, skips_to = kept + " ", f"end{name}"
        elif token.token_type == TokenType.TEXT:
            kept += token.contents
        else:
            kept += " "
            faults += [(token.lineno or 0, f"{{{token.contents}}}")] if shows_literal(token, name) else []
    if not is_page:
        lines = enumerate(kept.split("\n"), start=1)
        return faults + [(number, line.strip()) for number, line in lines if WORD.search(without_names(line))]
    page = Spoken()
    page.feed(kept)
    page.close()
    return sorted(faults + page.faults)


def shows_literal(token: Token, name: str) -> bool:
    """Whether a tag or a variable puts quoted words into the page as they are."""
    if token.token_type == TokenType.COMMENT:
        return False
    arguments = dict(enumerate(token.split_contents()))
    shown = [arguments.get(place, "") for place in SHOWN_ARGUMENTS.get(name, ())]
    if any(argument[:1] in {'"', "'"} and WORD.search(argument) for argument in shown):
        return True
    if name in {"include", "with", "countdown"} and SHOWN_KEYWORDS.search(token.contents):
        return True
    return name not in {"if", "elif"} and bool(SHOWN_FILTERS.search(token.contents))


# Comments, then strings. A template's own expressions are looked at like any other code.
SCRIPT_PARTS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|new Error\([^)]*\)|("(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)""", re.DOTALL
)
# Begins like a sentence or ends like one. Selectors and lists of classes do neither.
SCRIPT_SENTENCE = re.compile(r"^ ?[A-Z][a-z]+( [\w${}.]+)*[ .:,]|[a-z]{2} .*[a-z}][.!?:]$|^ [A-Z][a-z]")
SHOWN_BY_SCRIPT = re.compile(
    r"\b(?:textContent|innerText|ariaLabel|title|placeholder|alt)\s*(?:=(?!=)|:)([^;]*?);", re.DOTALL
)


def unmarked_in_script(source: str) -> list[Fault]:
    """Return the line and the words of whatever a script says itself."""
    plain = SCRIPT_PARTS.sub(lambda part: part[0] if part[1] else "\n" * part[0].count("\n"), source)
    faults = set[Fault]()
    for part in SCRIPT_PARTS.finditer(plain):
        if part[1] and SCRIPT_SENTENCE.search(part[1][1:-1]):
            faults.add((plain.count("\n", 0, part.start()) + 1, part[1]))
    for shown in SHOWN_BY_SCRIPT.finditer(plain):
        literals = re.findall(r'"[^"]*"', shown[1]) + re.findall("`[^`]*`", without_expressions(shown[1]))
        line = plain.count("\n", 0, shown.start()) + 1
        faults |= {(line, literal) for literal in literals if WORD.search(without_names(literal))}
    return sorted(faults)


def without_expressions(script: str) -> str:
    """Take `${…}` out of its texts, from the innermost on."""
    while (shorter := re.sub(r"\$\{[^{}]*\}", "", script)) != script:
        script = shorter
    return script


def templates() -> list[Path]:
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})


def scripts() -> list[Path]:
    return sorted((ROOT / "static" / "js").glob("*.js"))


def all_faults() -> Iterator[str]:
    for path in templates():
        for line, words in unmarked_in_template(path.read_text(), is_page=path.suffix == ".html"):
            yield f"{path.relative_to(ROOT)}:{line}: not marked for translation: {words}"
    for path in scripts():
        for line, words in unmarked_in_script(path.read_text()):
            yield f"{path.relative_to(ROOT)}:{line}: words in a script; let the page give them: {words}"
    yield from cli_words.all_faults()


def main() -> int:
    faults = list(all_faults())
    for fault in faults:
        say(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
