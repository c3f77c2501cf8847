"""The gallery: what has won, to look at, to search and to follow as a feed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.viewer import viewer_of
from core import clock
from core.api.paging import page_of
from core.api.public_cache import shared_by
from core.http import site_of
from drops.models import Drop
from drops.packs import PACKS
from drops.pages.filters import GalleryForm
from drops.pages.sharing import ENTRIES_MAX, DropFeed
from drops.standings import gallery
from drops.standings.gallery import BY_END, Work


@shared_by("q", "grade", "month", "cursor", "limit")
@require_safe
def show_gallery(request: HttpRequest, pack: str = "") -> HttpResponse:
    """Winning work that anybody may read, newest first; of one pack or of all."""
    require_pack(pack)
    form = GalleryForm(request.GET, months=gallery.months_shown(clock.now()))
    wanted = form.wanted(pack)
    path = address_of("gallery", pack)
    page = page_of(gallery.drops_of(wanted, reader=viewer_of(request)), BY_END, path=path, query=request.GET)
    context: dict[str, Any] = {
        "form": form,
        "works": gallery.works_of(page.rows),
        "newer": page.links.get("prev"),
        "older": page.links.get("next"),
        "pack": PACKS.get(pack),
        "packs": PACKS.values(),
        "query": form.query,
        "narrowed": bool(form.query),
        "feed": address_of("gallery_feed", pack),
        "site": site_of(request),
    }
    return render(request, "drops/gallery.html", context)


def address_of(name: str, pack: str) -> str:
    """Return the path of the page or feed `name`, of one pack or of all."""
    return reverse(name, kwargs={"pack": pack} if pack else None)


def require_pack(pack: str) -> None:
    """Refuse a pack that there is not, as an address that there is not."""
    if pack and pack not in PACKS:
        raise Http404


class GalleryFeed(DropFeed):
    """The newest works of the gallery, of one pack or of all, as Atom."""

    def get_object(self, request: HttpRequest, pack: str = "") -> str:  # type: ignore[override]
        require_pack(pack)
        return pack

    def title(self, pack: str) -> str:
        return _("clorp gallery: {pack}").format(pack=PACKS[pack].name) if pack else _("clorp gallery")

    def subtitle(self, pack: str) -> str:
        return _("Winning work that its senders made public.")

    def link(self, pack: str) -> str:
        return address_of("gallery", pack)

    def items(self, pack: str) -> list[Work]:
        return gallery.newest_works(ENTRIES_MAX, pack=pack)

    def drop_of(self, item: Work) -> Drop:
        return item.drop

    def item_description(self, item: Work) -> str:
        return item.excerpt
