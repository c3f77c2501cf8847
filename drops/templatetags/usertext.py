"""`{{ text|usertext }}`: a stranger's Markdown as safe HTML."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.markup import render_markdown

register = template.Library()


@register.filter
def usertext(text: str | None, top: int = 3) -> SafeString:
    return format_html('<div class="usertext">{}</div>', render_markdown(text or "", top=top))
