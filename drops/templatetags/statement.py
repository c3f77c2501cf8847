"""Words about drops for the wallet's pages, whose room stands below this one: their names, and what waits in escrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import template
from django.db.models import Count, QuerySet, Sum
from django.template import Context
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.viewer import member_of
from core.db.compiled import Compiled
from core.text import cut_at_word, uuid_of
from drops.models import Drop
from drops.models.seen import seen_headings

register = template.Library()
NAME_CHARS_MAX = 40


@register.simple_tag(takes_context=True)
def headings_of(context: Context, lines: Iterable[Any]) -> dict[str, str]:
    """Return by reference the headings of those drops among a statement's lines that the viewer may see."""
    ids = {known for line in lines if (known := uuid_of(line.reference))}
    if not ids:
        return {}
    seen = seen_headings(ids, member_of(context["request"]))
    return {str(drop_id): cut_at_word(heading, NAME_CHARS_MAX) for drop_id, heading in seen.items()}


@register.filter
def heading_of(headings: Mapping[str, str], reference: str) -> str:
    return headings.get(reference, _("drop"))


@register.simple_tag(takes_context=True)
def in_escrow(context: Context) -> dict[str, Any]:
    """Return what the viewer paid for drops that are not over, and in how many it waits."""
    rows = IN_ESCROW.rows(user_id=member_of(context["request"]).pk)
    [(_sender, cents, count)] = rows or [(None, 0, 0)]
    words = ngettext("in %(count)s drop of yours", "in %(count)s drops of yours", count)
    return {"cents": cents, "words": words % {"count": count}}


def _in_escrow(user_id: UUID) -> QuerySet[Drop, Any]:
    waiting = Drop.objects.filter(sender=user_id, status__in=["open", "ranking"])
    return waiting.values_list("sender").annotate(Sum("price_cents"), Count("pk"))


IN_ESCROW = Compiled(_in_escrow, user_id=UUID)
