"""Finished drops for other sites: a picture to show beside a link, and an Atom feed to follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.text import apart
from drops.models import Drop
from drops.packs import PACKS
from drops.pages import share_card

ENTRIES_MAX = 30
# Of the pictures that were asked for last, in each process: strangers ask for any, so in no store that others need.
PICTURES_KEPT = 128


@require_safe
def card(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    """The picture of a finished drop; what it shows is what the drop's page shows a stranger."""
    drop = get_object_or_404(Drop.objects.visible_to(None).finished(), pk=drop_id)
    key = f"card:{drop.pk}:{drop.updated_at.timestamp()}:{get_language()}"
    # Asked about each time, so that what staff take out of sight is nowhere to be seen.
    headers = {"Cache-Control": "public, no-cache", "ETag": f'"{key}"'}
    if (unchanged := get_conditional_response(request, etag=headers["ETag"])) is not None:
        for name, value in headers.items():
            unchanged[name] = value
        return unchanged
    return HttpResponse(_picture(_Subject(key, drop)), content_type="image/png", headers=headers)


@dataclass(frozen=True)
class _Subject:
    """The subject of a picture; two of one key have the same."""

    key: str
    drop: Drop = field(compare=False)


@lru_cache(maxsize=PICTURES_KEPT)
def _picture(subject: _Subject) -> bytes:
    return share_card.card_of(subject.drop)


class DropFeed(Feed):
    """Atom of finished drops."""

    feed_type = Atom1Feed

    def drop_of(self, item: Any) -> Drop:
        """Return the drop that an item of the feed is about: itself, where the feed is of nothing more."""
        drop: Drop = item
        return drop

    def item_title(self, item: Any) -> str:
        drop = self.drop_of(item)
        return f"{drop.grade}: {apart(drop.heading)}"

    def item_link(self, item: Any) -> str:
        return self.drop_of(item).get_absolute_url()

    def item_pubdate(self, item: Any) -> datetime:
        return self.drop_of(item).end

    def item_updateddate(self, item: Any) -> datetime:
        return self.drop_of(item).end

    def item_categories(self, item: Any) -> list[str]:
        return [self.drop_of(item).pack]


class FinishedDrops(DropFeed):
    """The newest finished drops, with their grades."""

    title = gettext_lazy("clorp: finished drops")
    subtitle = gettext_lazy("A prompt becomes a contest; the best entry takes the prize.")

    def link(self) -> str:
        return reverse("landing")

    def items(self) -> list[Drop]:
        return list(Drop.objects.visible_to(None).finished().order_by("-ended_at", "-id")[:ENTRIES_MAX])

    def item_description(self, item: Drop) -> str:
        words = {"pack": PACKS[item.pack].name, "grade": item.grade, "entries": share_card.entries_in_words(item)}
        return _("{pack}, grade {grade}, {entries}.").format(**words)
