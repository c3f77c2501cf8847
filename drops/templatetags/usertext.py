"""`{{ text|usertext }}`: a stranger's Markdown as safe HTML, and `guidetext`: a document's of our own."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.markup import render_markdown

register = template.Library()


@register.filter
def usertext(text: str | None, top: int = 3) -> SafeString:
    return _framed(render_markdown(text or "", top=top))


@register.filter
def guidetext(text: str) -> SafeString:
    """A document that fills its columns: its lines end where the page's do."""
    return _framed(render_markdown(text, top=2, wrapped=True))


@register.filter
def sealedtext(text: str, entry_id: object) -> SafeString:
    """The same for an entry, which is remembered for whoever may read that entry alone."""
    return _framed(render_markdown(text, within=entry_id))


def _framed(html: SafeString) -> SafeString:
    return format_html('<div class="usertext" dir="auto">{}</div>', html)
