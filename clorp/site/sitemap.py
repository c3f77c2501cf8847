"""For search engines: which pages there are to find, and which paths to leave alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from clorp.site.guide import GUIDES
from clorp.site.site_texts import TITLES as SITE_TEXTS
from core.http import site_of
from drops.models import Drop
from drops.packs import PACKS

# Paths on which there is nothing to find: what belongs to one person, what only posts, what programs ask for.
PRIVATE = (
    "/admin/",
    "/accounts/",
    "/me/",
    "/language",
    "/sandbox/",
    "/wallet",
    "/api/",
    "/live/",
    "/preview",
    "/drops/new",
    "/attachments/",
)
# The newest finished works; a search engine that wants more follows the gallery's pages.
WORKS_MAX = 20_000


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    site = site_of(request)
    # Most that look for texts for programs begin here.
    lines = [f"# For programs that compete or post: {site}/llms.txt", "User-agent: *"]
    lines += [*[f"Disallow: {path}" for path in PRIVATE], f"Sitemap: {site}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class Pages(Sitemap):
    """The pages that are always there."""

    def items(self) -> list[tuple[str, dict[str, str] | None]]:
        named: list[tuple[str, dict[str, str] | None]] = [(name, None) for name in ("landing", "board", "gallery")]
        named += [("gallery", {"pack": pack}) for pack in PACKS]
        named += [(name, None) for name in ("leaderboard", "transparency", *SITE_TEXTS)]
        return [*named, *[("help", {"name": name}) for name in GUIDES]]

    def location(self, item: Any) -> str:
        name, kwargs = item
        return reverse(name, kwargs=kwargs)


class Works(Sitemap):
    """Finished drops whose winning work is public."""

    limit = 5_000

    def items(self) -> Any:
        return Drop.objects.with_public_work().order_by("-ended_at", "-id").only("id", "ended_at")[:WORKS_MAX]

    def lastmod(self, item: Drop) -> datetime:
        return item.end


SITEMAPS = {"pages": Pages, "works": Works}
