"""The gallery: what has won, to look at, to search and to follow as a feed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from core import clock
from core.api.paging import page_of
from core.api.public_cache import shared_with_strangers
from core.http import site_of
from drops.packs import PACKS
from drops.pages.forms import GalleryForm
from drops.standings import gallery
from drops.standings.gallery import BY_END, Work

FEED_MAX = 30


@shared_with_strangers
@require_safe
def show_gallery(request: HttpRequest, pack: str = "") -> HttpResponse:
    """Winning work that anybody may read, newest first; of one pack or of all."""
    require_pack(pack)
    form = GalleryForm(request.GET, months=gallery.months_shown(clock.now()))
    wanted = form.wanted(pack)
    path = reverse("gallery", kwargs={"pack": pack} if pack else None)
    page = page_of(gallery.drops_of(wanted).with_round(), BY_END, path=path, query=request.GET)
    context: dict[str, Any] = {
        "form": form,
        "works": gallery.works_of(page.rows),
        "newer": page.links.get("prev"),
        "older": page.links.get("next"),
        "pack": PACKS.get(pack),
        "packs": PACKS.values(),
        "query": form.query,
        "narrowed": bool(form.query),
        "feed": reverse("gallery_feed", kwargs={"pack": pack} if pack else None),
        "site": site_of(request),
    }
    return render(request, "drops/gallery.html", context)


def require_pack(pack: str) -> None:
    """Refuse a pack that there is not, as an address that there is not."""
    if pack and pack not in PACKS:
        raise Http404


class GalleryFeed(Feed):
    """The newest works of the gallery, of one pack or of all, as Atom."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, pack: str = "") -> str:  # type: ignore[override]
        require_pack(pack)
        return pack

    def title(self, pack: str) -> str:
        return f"clorp gallery: {PACKS[pack].name}" if pack else "clorp gallery"

    def subtitle(self, pack: str) -> str:
        return "Winning work that its senders made public."

    def link(self, pack: str) -> str:
        return reverse("gallery", kwargs={"pack": pack} if pack else None)

    def items(self, pack: str) -> list[Work]:
        return gallery.newest_works(FEED_MAX, pack=pack)

    def item_title(self, item: Work) -> str:
        return f"{item.drop.grade}: {item.drop.heading}"

    def item_description(self, item: Work) -> str:
        return item.excerpt

    def item_link(self, item: Work) -> str:
        return item.drop.get_absolute_url()

    def item_pubdate(self, item: Work) -> datetime:
        return item.drop.end

    def item_updateddate(self, item: Work) -> datetime:
        return item.drop.end

    def item_categories(self, item: Work) -> list[str]:
        return [item.pack.id]
