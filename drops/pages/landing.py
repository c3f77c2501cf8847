"""The landing page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.viewer import viewer_of
from core.http import site_of
from core.words import Words
from drops.models import Drop
from drops.packs import PACKS, Pack
from drops.pages.drop_form import PromptForm
from drops.standings.gallery import newest_works

RECENT_MAX = 6


@dataclass(frozen=True)
class Sample:
    """An invented drop for an empty site; shown with the word "sample" on it."""

    pack: Pack
    heading: Words
    grade: str
    price_cents: int
    submissions_count: int


SAMPLES = (
    Sample(PACKS["roast"], _("Roast my landing page: “We synergise tomorrow”"), "A", 100, 4),
    Sample(PACKS["scout"], _("Three quiet cafés near Leipzig station that open before seven"), "S", 300, 5),
    Sample(PACKS["cook"], _("A toast for my brother's wedding, two minutes, no golf"), "B", 500, 3),
)


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    works = newest_works(RECENT_MAX, reader=viewer_of(request))
    # Grades without work are second best, and an invented drop is the last resort.
    recent = [] if works else finished_lately()
    context = {
        "form": PromptForm(),
        "letters": "CASBD",
        "packs": PACKS.values(),
        "works": works,
        "recent": recent,
        "samples": () if works or recent else SAMPLES,
        "site": site_of(request),
    }
    return render(request, "landing.html", context)


def finished_lately() -> list[dict[str, object]]:
    drops = Drop.objects.visible_to(None).finished().with_round().order_by("-ended_at", "-id")[:RECENT_MAX]
    return [{"drop": drop, "pack": PACKS[drop.pack]} for drop in drops]
