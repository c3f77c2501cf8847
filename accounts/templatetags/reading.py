"""Links to what is sealed, on the pages that moderators read it on."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.reading_links import sign_reading

register = template.Library()


@register.simple_tag(takes_context=True)
def signed_reading(context: Any, thing: object) -> str:
    """Return what a link to `thing` carries, so that it lets whoever reads this page read it."""
    return sign_reading(context["request"].user, thing)
