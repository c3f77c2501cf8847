"""The board: open drops with their seats, and whether the viewer may claim one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.viewer import viewer_of
from core import clock
from core.api.public_cache import shared_by
from core.forms import kept_fields
from core.http import site_of
from core.text import uuid_of
from drops.contest.prize_times import prizes_free_at
from drops.models import Drop
from drops.pages.alerts import followed_on_board
from drops.pages.filters import BoardForm
from drops.pages.shared import cards_of, render_live
from drops.standings.board import OpenWanted, first_for_all
from drops.standings.gallery import newest_works
from wallet.money import decimal_dollars

CARDS_MAX = 30
# Finished works below the open drops.
EXAMPLES = 3
# Cards on a page that has been open for long, those that are over among them.
SHOWN_MAX = 60
# Each order is that of an index, and `id` makes it a strict one.
ORDERS = {
    "ends_soon": ("window_closes_at", "id"),
    "prize": ("-price_cents", "-id"),
    "fewest": ("claims_count", "id"),
}


@shared_by(*BoardForm.base_fields, "shown")
@require_safe
def show_board(request: HttpRequest) -> HttpResponse:
    # Whoever plays knows what a prize buys; strangers share their answer, so that it costs nothing to tell them.
    works = [] if request.user.is_authenticated else newest_works(EXAMPLES)
    return render(request, "drops/board.html", {**_board(request), "works": works, "site": site_of(request)})


@require_safe
def show_live_board(request: HttpRequest) -> HttpResponse:
    return render_live(request, "drops/board_cards.html", _board(request))


def _board(request: HttpRequest) -> dict[str, Any]:
    form = BoardForm(request.GET)
    now = clock.now()
    wanted = form.wanted()
    listed = first_for_all(wanted, order=ORDERS[form.sorting], most=CARDS_MAX + 1, now=now)
    cards = cards_of(_in_place(listed[:CARDS_MAX], request.GET.getlist("shown")), viewer_of(request), now)
    # A seat can be claimed right here, and whoever claims one has read it before.
    free_at = prizes_free_at([card.drop for card in cards], None, now)
    cards = [replace(card, prize_free_at=free_at.get(card.drop.pk)) for card in cards]
    return {
        "form": form,
        "cards": cards,
        "open_count": sum(card.in_window for card in cards),
        "has_more": len(listed) > CARDS_MAX,
        "cards_max": CARDS_MAX,
        "narrowed": wanted != OpenWanted(),
        # What the filters name, as something to follow.
        "follow": followed_on_board(viewer_of(request), wanted.pack, wanted.min_price_cents),
        "min_price": decimal_dollars(wanted.min_price_cents) if wanted.min_price_cents else "",
        "query": urlencode(kept_fields(request.GET, form.fields)),
        "now": now,
    }


def _in_place(listed: list[Drop], shown: list[str]) -> list[Drop]:
    """`listed`, where an open page that shows these ids keeps each card in its place: what is new comes last, and what
    is over stays until the page is loaded again, so that nothing moves under a finger."""
    ids = [drop_id for text in shown[:SHOWN_MAX] if (drop_id := uuid_of(text))]
    known = {drop.pk: drop for drop in listed}
    gone = set(ids) - known.keys()
    if len(gone) + len(known) > SHOWN_MAX:
        return listed
    over = {drop.pk: drop for drop in Drop.objects.visible_to(None).with_round().filter(pk__in=gone)} if gone else {}
    kept = [known.pop(drop_id, None) or over.pop(drop_id, None) for drop_id in ids]
    return [drop for drop in kept if drop is not None] + list(known.values())
