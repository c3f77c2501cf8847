"""Strangers' text on its way into a page: Markdown to an allow-list of HTML, with nothing active in it."""

from __future__ import annotations

import hashlib
import unicodedata
from contextvars import ContextVar
from importlib import import_module
from typing import Any

import nh3
from django.core.cache import cache
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Part of the cache key: raise it when the same text should come out differently.
VERSION = 4
CACHE_SECONDS = 7 * 86_400
# Some languages take seconds to colour a few thousand characters that were made for it, and the time grows with the
# square of their number. What is not coloured is still shown.
HIGHLIGHT_CHARS_MAX = 5_000
HIGHLIGHT_CHARS_MAX_PER_TEXT = 10_000
# A row gets as many cells as its table's head has, however few were written: two thousand characters would become sixty
# thousand cells, and take seconds. A table that leaves out more is read as plain text, and so are further ones.
EMPTY_CELLS_MAX = 1_000
_chars_coloured: ContextVar[int] = ContextVar("chars_coloured", default=0)

KEPT = "\n\r\t\u200c\u200d"
# Control, format (zero-width, bidirectional, tags), private use, surrogates.
HIDDEN_CATEGORIES = {"Cc", "Cf", "Co", "Cs"}

ALLOWED_TAGS = set(
    "a blockquote br code del div em h2 h3 h4 h5 h6 hr li ol p pre s span strong "  # noqa: SIM905
    "table tbody td th thead tr ul".split()
)
ALLOWED_ATTRIBUTES = {"a": {"href", "title"}, "code": {"class"}, "span": {"class"}, "ol": {"start"}}
ALLOWED_SCHEMES = {"http", "https", "mailto"}


def render_markdown(text: str, *, top: int = 3, kept: bool = True, within: object = "") -> SafeString:
    """Safe HTML for `text`, its highest headings of level `top`; if `kept`, remembered by the text's hash.

    What is sealed is remembered `within` what it belongs to, such as its entry's id, and what is not kept is not looked
    for: whoever guesses a text would tell by the time whether somebody has written it.
    """
    key = f"usertext:{VERSION}:{top}:{within}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"
    html = cache.get(key) if kept else None
    if html is None:
        _chars_coloured.set(0)
        html = _clean(_markdown.render(_readable(text), {"top": top}))
        if kept:
            cache.set(key, html, CACHE_SECONDS)
    return SafeString(html)  # nosec: the allow-list has the last word


def _readable(text: str) -> str:
    """The text without the characters that would hide parts of it or turn its direction.

    Joiners stay: emoji and several scripts are written with them.
    """
    return "".join(char for char in text if char in KEPT or unicodedata.category(char) not in HIDDEN_CATEGORIES)


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        # Whatever scrolls by itself is to be reached by keyboard.
        set_tag_attribute_values={"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}},
        url_schemes=ALLOWED_SCHEMES,
        link_rel="nofollow ugc noopener",
        strip_comments=True,
    )


def _highlight(code: str, language: str, _attributes: str) -> str:
    """Pygments' spans for a fenced block in a known language; an empty answer means "escape it yourself"."""
    coloured = _chars_coloured.get() + len(code)
    if not language or len(code) > HIGHLIGHT_CHARS_MAX or coloured > HIGHLIGHT_CHARS_MAX_PER_TEXT:
        return ""
    _chars_coloured.set(coloured)
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return ""
    return highlight(code, lexer, HtmlFormatter(nowrap=True))


def _build() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "highlight": _highlight})
    markdown.enable(["table", "strikethrough"]).disable("image")
    markdown.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    markdown.add_render_rule("heading_open", _heading)
    markdown.add_render_rule("heading_close", _heading)
    return markdown


# The library has a limit of its own for each table, which is far too high for us.
_tables = import_module("markdown_it.rules_block.table")
_tables.MAX_AUTOCOMPLETED_CELLS = EMPTY_CELLS_MAX  # type: ignore[attr-defined]


def _table(state: Any, start: int, end: int, silent: bool) -> bool:
    """The library's rule, for as long as the text has not had its empty cells."""
    if state.env.get("empty_cells", 0) > EMPTY_CELLS_MAX:
        return False
    before = len(state.tokens)
    is_table: bool = _tables.table(state, start, end, silent)
    empty = sum(token.type == "inline" and not token.content for token in state.tokens[before:])
    state.env["empty_cells"] = state.env.get("empty_cells", 0) + empty
    return is_table


def _heading(renderer, tokens, index, options, env) -> str:  # type: ignore[no-untyped-def]
    """Headings start below the page's own and skip no level, whichever their author chose."""
    token = tokens[index]
    if token.nesting == 1:
        chosen, above = int(token.tag[1]), env.setdefault("above", [])
        while above and above[-1] >= chosen:
            above.pop()
        above.append(chosen)
    token.tag = f"h{min(6, env['top'] - 1 + len(env['above']))}"
    return renderer.renderToken(tokens, index, options, env)


_markdown = _build()
