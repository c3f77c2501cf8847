"""A language that is English in brackets, so that whatever a page says without them was never given to gettext."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

import pytest
from django.template import engines
from django.utils.translation import trans_real

from clorp.dev import unmarked
from core import forms, text

OPEN, SHUT = "⟦", "⟧"
CONTEXT = "\x04"
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# No marked sentence reaches past the beginning of one of these.
BLOCKS = {"p", "div", "section", "article", "li", "ul", "ol", "dl", "dt", "dd", "td", "th", "tr", "h1", "h2", "h3"}
BLOCKS |= {"form", "fieldset", "legend", "label", "button", "option", "summary", "nav", "main", "title", "footer"}
# Code, people's own words, and times, which the reader's browser writes.
NOT_READ = {"script", "style", "code", "kbd", "pre", "textarea", "bdi", "time", "svg"}
# What people wrote; digests and addresses; a guide, which is a document; the log of a judging, which is a record.
NOT_READ_CLASSES = {"usertext", "excerpt", "hash", "mono", "guide", "log"}
APART = re.compile(f"{text.ISOLATE}[^{text.END_OF_ISOLATE}]*{text.END_OF_ISOLATE}")
# So much of a text that nobody says it by chance.
QUOTE_MIN = 16


def speak(patch: pytest.MonkeyPatch) -> None:
    """Let gettext answer in brackets, also for what is only marked now and said later."""

    def gettext(_catalogue: object, message: str) -> str:
        return f"{OPEN}{message.rpartition(CONTEXT)[2]}{SHUT}"

    def ngettext(catalogue: object, singular: str, plural: str, number: int) -> str:
        return gettext(catalogue, singular if number == 1 else plural)

    patch.setattr(trans_real.DjangoTranslation, "gettext", gettext)
    patch.setattr(trans_real.DjangoTranslation, "ngettext", ngettext)
    # Templates and filters keep what they said in a language; new ones have said nothing yet.
    patch.setattr(forms, "DRAWN", {})
    engine = engines["django"].engine
    patch.setattr(engine, "template_loaders", engine.get_template_loaders(engine.loaders))


def outside_brackets(words: str, depth: int = 0) -> tuple[str, int]:
    """Return what stands outside of all brackets, given in how many it begins, and in how many it ends."""
    outside = ""
    for sign in words:
        depth = depth + 1 if sign == OPEN else max(0, depth - 1) if sign == SHUT else depth
        outside += sign if not depth and sign != SHUT else " "
    return outside, depth


class Page(HTMLParser):
    """A page as it is read: `unmarked` are its words that stand in no brackets, `ways` the addresses it leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.unmarked: list[str] = []
        self.ways: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._depth = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ways += [given[name] for name in ("href", "hx-get") if name in given and tag != "link"]
        self._depth = 0 if tag in BLOCKS else self._depth
        if tag not in VOID:
            is_read = tag not in NOT_READ and not NOT_READ_CLASSES.intersection(given.get("class", "").split())
            self._open.append((tag, is_read))
        for name, value in given.items():
            is_spoken = unmarked.is_spoken(tag, name, dict(attrs))
            if is_spoken or (name.startswith("data-") and unmarked.SENTENCE.search(value)):
                self._note(outside_brackets(value)[0])

    def handle_endtag(self, tag: str) -> None:
        while self._open and any(tag == name for name, _ in self._open):
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        outside, self._depth = outside_brackets(data, self._depth)
        if all(is_read for _, is_read in self._open):
            self._note(outside)

    def _note(self, words: str) -> None:
        plain = " ".join(APART.sub(" ", words).split())
        if unmarked.WORD.search(unmarked.without_names(plain)):
            self.unmarked.append(plain)


class Quotations:
    """Tells texts that people wrote, or that are on record, from what is said for the moment: whole or in part."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._whole = {" ".join(each.split()) for each in texts}
        self._long = [each for each in self._whole if len(each) >= QUOTE_MIN or "@" in each]
        self._all = "\n".join(self._whole)

    def taken_from(self, words: str) -> str:
        """Return what is left of the words without them."""
        cut = unmarked.without_names(words).strip("… ·“”")
        if cut in self._whole or (len(cut) >= QUOTE_MIN and cut in self._all):
            return ""
        for quoted in self._long:
            words = words.replace(quoted, " ")
        return words if unmarked.WORD.search(words) else ""
