"""The likeness of two texts: runs of words, and the shapes of code whatever its names are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from drops.ranking.folding import Folded, fold_text

Runs: TypeAlias = frozenset[tuple[str, ...]]

RUN_WORDS = 5
SHAPE_TOKENS = 12
# A run of names and commas is the shape of any prose, so a shape must have some structure.
SHAPE_SIGNS_MIN = 5

_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# Scripts that put no spaces between words are read letter by letter.
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")
# Whatever is opened and never closed runs to the end, so that no text takes longer than its length.
_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<text>\"{3}.*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|`[^`]*`?)
    |(?P<number>\d[\w.]*)
    |(?P<name>\w+)
    |(?P<sign>.)""",
    re.DOTALL | re.VERBOSE,
)
_RESERVED = """
    and as assert async await break case catch class const continue def default del do elif else enum except export
    extends false finally fn for from func function global if impl import in interface is lambda let loop match mut new
    nil none nonlocal not null or package pass pub raise return self static struct super switch this throw trait true
    try type typeof use var void while with yield
"""
_KEYWORDS = frozenset(_RESERVED.split())
_FENCED = re.compile(r"^(`{3,}|~{3,})[ \t]*([\w+#-]*)[^\n]*\n(.*?)(?:^\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)


def words_of(text: str) -> list[str]:
    """The words of `text`, folded to one spelling and case, without what stands between them."""
    return [word.casefold() for word in _WORD.findall(fold_text(text).text)]


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """Each word of `words_of`, with where it starts and ends in `text`."""
    folded = Folded.of(text)
    return [(match.group().casefold(), *folded.span(*match.span())) for match in _WORD.finditer(folded.text)]


def runs_of(words: Sequence[str], size: int = RUN_WORDS) -> Runs:
    """Every run of `size` neighbouring words."""
    return frozenset(zip(*(words[start:] for start in range(size)), strict=False))


def shapes_of(code: str) -> Runs:
    """Every run of SHAPE_TOKENS tokens of `code`, its names, texts, numbers and comments forgotten."""
    tokens = [token for match in _TOKEN.finditer(fold_text(code).text) if (token := _shape(match))]
    shapes = runs_of(tokens, SHAPE_TOKENS)
    return frozenset(run for run in shapes if SHAPE_TOKENS - run.count("N") >= SHAPE_SIGNS_MIN)


def _shape(match: re.Match[str]) -> str:
    token = match.group()
    if match.lastgroup == "name":
        return token if token.lower() in _KEYWORDS else "N"
    return {"skip": "", "text": "T", "number": "0"}.get(match.lastgroup or "", token)


def fenced_blocks(text: str) -> list[tuple[str, str]]:
    """Language (lower case, may be empty) and content of every fenced code block of a Markdown text."""
    return [(match.group(2).lower(), match.group(3)) for match in _FENCED.finditer(text)]


def share_within(part: Runs, whole: Runs) -> float:
    """The share of `part` that is found in `whole`; nothing of nothing is 0."""
    return len(part & whole) / len(part) if part else 0.0
