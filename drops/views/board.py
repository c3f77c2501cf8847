"""The board: open drops with their seats, and whether the viewer may claim one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clorp import clock
from clorp.accounts.viewer import viewer_of
from drops.forms import BoardForm
from drops.models import Drop
from drops.views.shared import cards_of, render_live

CARDS_MAX = 30
# Each order is that of an index, and `id` makes it a strict one.
ORDERS = {
    "ends_soon": ("window_closes_at", "id"),
    "prize": ("-price_cents", "-id"),
    "fewest": ("claims_count", "id"),
}


@require_safe
def show_board(request: HttpRequest) -> HttpResponse:
    return render(request, "drops/board.html", _board(request))


@require_safe
def show_live_board(request: HttpRequest) -> HttpResponse:
    return render_live(request, "drops/board_cards.html", _board(request))


def _board(request: HttpRequest) -> dict[str, Any]:
    form = BoardForm(request.GET)
    wanted = form.wanted()
    now = clock.now()
    drops = Drop.objects.visible_to(None).in_window(now)
    if wanted["pack"]:
        drops = drops.filter(pack=wanted["pack"])
    if wanted["min_price"]:
        drops = drops.filter(price_cents__gte=wanted["min_price"])
    if wanted["has_seats"]:
        drops = drops.with_seats()
    found = list(drops.order_by(*ORDERS[wanted["sort"]])[: CARDS_MAX + 1])
    return {
        "form": form,
        "cards": cards_of(found[:CARDS_MAX], viewer_of(request), now),
        "has_more": len(found) > CARDS_MAX,
        "cards_max": CARDS_MAX,
        "narrowed": bool(wanted["pack"] or wanted["min_price"] or wanted["has_seats"]),
        "query": urlencode({name: request.GET[name] for name in form.fields if request.GET.get(name)}),
        "now": now,
    }
