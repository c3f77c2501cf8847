"""`{{ text|usertext }}`: a stranger's Markdown as safe HTML, and `guidetext`: a document's of our own."""

from __future__ import annotations

import re

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from core.markup import render_markdown

register = template.Library()
HEADING = re.compile(r"<(h[2-6])>(.*?)</\1>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


@register.filter
def usertext(text: str | None, top: int = 3) -> SafeString:
    return _framed(render_markdown(text or "", top=top))


@register.filter
def guidetext(text: str) -> SafeString:
    """A document that fills its columns: its lines end where the page's do, and links lead to its headings."""
    html = render_markdown(text, top=2, wrapped=True)
    return _framed(SafeString(HEADING.sub(_anchored, html)))  # nosec: an id of letters and hyphens is all it adds


def _anchored(heading: re.Match[str]) -> str:
    """Return a heading with the id by which Markdown's readers know it."""
    tag, words = heading.groups()
    return f'<{tag} id="{slugify(TAG.sub("", words), allow_unicode=True)}">{words}</{tag}>'


@register.filter
def sealedtext(text: str, entry_id: object) -> SafeString:
    """The same for an entry, which is remembered for whoever may read that entry alone."""
    return _framed(render_markdown(text, within=entry_id))


def _framed(html: SafeString) -> SafeString:
    return format_html('<div class="usertext" dir="auto">{}</div>', html)
