"""The name of a drop in a line: its title, or how its prompt begins."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.text import cut_at_word, one_line

HEADING_CHARS_MAX = 80
# Of a first line, which may be as long as a prompt and is asked for several times a page.
LOOKED_AT_MAX = 1_000


def heading_of(title: str | None, prompt: str) -> str:
    """Return the title, else the prompt's first line: at most 80 characters that are seen, cut after a word."""
    first_line = prompt.strip().partition("\n")[0]
    line = one_line((title or "")[:LOOKED_AT_MAX]) or one_line(first_line[:LOOKED_AT_MAX]) or _("Untitled")
    return cut_at_word(line, HEADING_CHARS_MAX)
