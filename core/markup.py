"""Strangers' text on its way into a page: Markdown to an allow-list of HTML, with nothing active in it.

Reading takes time in proportion to the text, whatever it is (comrak is a port of cmark, which is built for that);
colouring code has a limit of its own, since Pygments' patterns are not.
"""

from __future__ import annotations

import hashlib
import html
import re
import time
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import comrak
import nh3
from django.core.cache import caches
from django.utils.safestring import SafeString
from pygments import format as write_spans
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from core.text import cut_at_word, kept, one_line, without_hidden

# Part of the cache key: raise it when the same text should come out differently.
VERSION = 8
CACHE_SECONDS = 7 * 86_400
# The languages that are coloured, and the longest code in them that is. A single pattern of a lexer can take a time
# that grows with the square of what it looks at, for C and its kin with the cube; what was made for that takes up to
# a fifth of a second at these sizes. What is not coloured is still shown.
CODE_CHARS_MAX = dict.fromkeys(
    "bash csharp css diff go html java javascript json jsx kotlin lua php python ruby rust sql swift toml typescript "  # noqa: SIM905
    "xml yaml".split(),
    4_000,
) | dict.fromkeys(["c", "cpp"], 1_000)
ALSO_CALLED = {
    "c++": "cpp", "c#": "csharp", "cs": "csharp", "golang": "go", "js": "javascript", "kt": "kotlin", "patch": "diff",
    "py": "python", "python3": "python", "rb": "ruby", "rs": "rust", "sh": "bash", "shell": "bash", "ts": "typescript",
    "yml": "yaml",
}  # fmt: skip
# All of one text's colouring, in seconds of a processor; asked after each word of code.
COLOURING_SECONDS_MAX = 0.1
# A row gets as many cells as its table's head has, however few were written: two thousand characters would become sixty
# thousand cells. A text that leaves out more is read as one without tables.
EMPTY_CELLS_MAX = 1_000
# What cleans the HTML takes a time that grows with the square of how deep its tags are nested. A text that goes
# deeper is shown as it was typed.
DEPTH_MAX = 100

ALLOWED_TAGS = set(
    "a blockquote br code del div em h2 h3 h4 h5 h6 hr li ol p pre s span strong "  # noqa: SIM905
    "table tbody td th thead tr ul".split()
)
ALLOWED_ATTRIBUTES = {"a": {"href", "title"}, "code": {"class"}, "span": {"class"}, "ol": {"start"}}
# A keyboard must reach whatever scrolls by itself. A quote's bar and a list's bullets belong where their own words
# begin, which may not be the side on which the text begins.
SET_ATTRIBUTES = {
    **{tag: {"tabindex": "0"} for tag in ("pre", "table")},
    **{tag: {"dir": "auto"} for tag in ("blockquote", "ul", "ol")},
}
ALLOWED_SCHEMES = {"http", "https", "mailto"}


def render_markdown(
    text: str, *, top: int = 3, kept: bool = True, within: object = "", wrapped: bool = False
) -> SafeString:
    """Safe HTML for `text`, its highest headings of level `top`; if `kept`, remembered by the text's hash.

    A line ends where it was ended, but in a text that an editor has `wrapped`, where it fills its column.

    What is sealed is remembered `within` what it belongs to, such as its entry's id, and what is not kept is not looked
    for: whoever guesses a text would tell by the time whether somebody has written it.
    """
    if not kept:
        return SafeString(_render(text, top, wrapped))  # nosec: the allow-list has the last word
    key = f"usertext:{VERSION}:{top}:{wrapped:d}:{within}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"
    rendered = caches["texts"].get(key)
    if rendered is None:
        rendered = _render(text, top, wrapped)
        caches["texts"].set(key, rendered, CACHE_SECONDS)
    return SafeString(rendered)  # nosec: the allow-list has the last word


def plain_start(text: str, chars_max: int) -> str:
    """Return the beginning of a Markdown text as one line of plain words, at most `chars_max` characters long."""
    # Marks take room too, and what is cut off within them reads as text.
    start = without_hidden(kept(text[: 4 * chars_max]))
    rendered, plain = _read(start, with_tables=True), ""
    if _depth(rendered) <= DEPTH_MAX:
        plain = one_line(html.unescape(nh3.clean(rendered, tags=set(), strip_comments=True)))
    return cut_at_word(plain or one_line(start), chars_max)


def _render(text: str, top: int, wrapped: bool) -> str:
    # Nothing in it hides a part of it or turns its direction; joiners and marks of direction stay.
    text = without_hidden(kept(text))
    rendered = _read(text, with_tables=True, wrapped=wrapped)
    if rendered.count("<td></td>") > EMPTY_CELLS_MAX:
        rendered = _read(text, with_tables=False, wrapped=wrapped)
    if _depth(rendered) > DEPTH_MAX:
        rendered = f"<pre><code>{html.escape(text)}</code></pre>\n"
    rendered = IMAGE.sub(r'!<a href="\1">\2</a>', rendered)
    rendered = HEADING.sub(_Headings(top), rendered)
    return _clean(CODE.sub(_Colours(), rendered))


def _read(text: str, *, with_tables: bool, wrapped: bool = False) -> str:
    """Return comrak's HTML: well formed, with tags of the writer's own as text, and with links to anywhere."""
    extensions = comrak.ExtensionOptions()
    extensions.table, extensions.strikethrough = with_tables, True
    options = comrak.RenderOptions()
    options.escape = options.unsafe_ = True
    # Whoever writes a list, an address or a verse without marks sees them as typed.
    options.hardbreaks = not wrapped
    return str(comrak.render_markdown(text, extension_options=extensions, render_options=options))


def _depth(rendered: str) -> int:
    """Return how deep the tags of well-formed HTML are nested."""
    steps = (-1 if tag[1] else 1 for tag in CONTAINER.finditer(rendered))
    return max(accumulate(steps), default=0)


# As comrak writes them; within text and attributes it escapes what could be taken for one.
CONTAINER = re.compile(r"<(/?)(?!br|hr|img)[a-z]")
IMAGE = re.compile(r'<img src="([^"]*)" alt="([^"]*)"(?: title="[^"]*")? />')
HEADING = re.compile(r"<(/?)h([1-6])>")
CODE = re.compile(r'(<pre><code class="language-([^"]*)">)(.*?)(</code></pre>)', re.DOTALL)


class _Headings:
    """Headings start below the page's own and skip no level, whichever their author chose."""

    def __init__(self, top: int) -> None:
        self.top = top
        self.above: list[int] = []

    def __call__(self, tag: re.Match[str]) -> str:
        end, chosen = tag[1], int(tag[2])
        if not end:
            while self.above and self.above[-1] >= chosen:
                self.above.pop()
            self.above.append(chosen)
        return f"<{end}h{min(6, self.top - 1 + len(self.above))}>"


class _Colours:
    """Pygments' spans for the code of one text, as long as there is time for it."""

    def __init__(self) -> None:
        self.until: float | None = None

    def __call__(self, block: re.Match[str]) -> str:
        begin, language, code, end = block.groups()
        language = ALSO_CALLED.get(language.lower(), language.lower())
        code = html.unescape(code)
        if len(code) > CODE_CHARS_MAX.get(language, 0):
            return block[0]
        self.until = self.until or time.thread_time() + COLOURING_SECONDS_MAX
        try:
            words = list(self._in_time(get_lexer_by_name(language).get_tokens(code)))
        except TimeoutError:
            return block[0]
        return f"{begin}{write_spans(words, HtmlFormatter(nowrap=True))}{end}"

    def _in_time(self, words: Iterator[Any]) -> Iterator[Any]:
        for word in words:
            if time.thread_time() > (self.until or 0):
                raise TimeoutError
            yield word


def _clean(rendered: str) -> str:
    return nh3.clean(
        rendered,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        set_tag_attribute_values=SET_ATTRIBUTES,
        url_schemes=ALLOWED_SCHEMES,
        link_rel="nofollow ugc noopener",
        strip_comments=True,
    )
