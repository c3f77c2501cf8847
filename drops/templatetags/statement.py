"""Words about drops for the wallet's pages, whose room stands below this one: their names, and what waits in escrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import template
from django.db.models import Count, Sum
from django.template import Context
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.viewer import as_player, member_of, viewer_of
from core.text import cut_at_word
from drops.models import Drop

register = template.Library()
NAME_CHARS_MAX = 40


@register.simple_tag(takes_context=True)
def headings_of(context: Context, lines: Iterable[Any]) -> dict[str, str]:
    """Return by reference the headings of those drops among a statement's lines that the viewer may see."""
    ids = {UUID(line.reference) for line in lines if _is_id(line.reference)}
    if not ids:
        return {}
    seen = Drop.objects.visible_to(as_player(viewer_of(context["request"]))).filter(pk__in=ids)
    return {str(drop.pk): cut_at_word(drop.heading, NAME_CHARS_MAX) for drop in seen.only("title", "prompt")}


def _is_id(reference: str | None) -> bool:
    try:
        UUID(reference or "")
    except ValueError:
        return False
    return True


@register.filter
def heading_of(headings: Mapping[str, str], reference: str) -> str:
    return headings.get(reference, _("drop"))


@register.simple_tag(takes_context=True)
def in_escrow(context: Context) -> dict[str, Any]:
    """Return what the viewer paid for drops that are not over, and in how many it waits."""
    waiting = Drop.objects.sent_by(member_of(context["request"])).filter(status__in=["open", "ranking"])
    sums = waiting.aggregate(cents=Sum("price_cents", default=0), count=Count("pk"))
    words = ngettext("in %(count)s drop of yours", "in %(count)s drops of yours", sums["count"])
    return {"cents": sums["cents"], "words": words % {"count": sums["count"]}}
