"""The landing page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from drops.models import Drop
from drops.packs import PACKS, Pack
from drops.pages.forms import PromptForm

RECENT_MAX = 6


@dataclass(frozen=True)
class Sample:
    """An invented drop for an empty site; shown with the word "sample" on it."""

    pack: Pack
    heading: str
    grade: str
    price_cents: int
    submissions_count: int


SAMPLES = (
    Sample(PACKS["roast"], "Roast my landing page: “We synergise tomorrow”", "A", 100, 4),
    Sample(PACKS["scout"], "Three quiet cafés near Leipzig station that open before seven", "S", 300, 5),
    Sample(PACKS["cook"], "A toast for my brother's wedding, two minutes, no golf", "B", 500, 3),
)


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    finished = Drop.objects.visible_to(None).finished().with_round().order_by("-ended_at", "-id")[:RECENT_MAX]
    recent = [{"drop": drop, "pack": PACKS[drop.pack]} for drop in finished]
    context = {
        "form": PromptForm(),
        "letters": "CASBD",
        "packs": PACKS.values(),
        "recent": recent,
        "samples": () if recent else SAMPLES,
    }
    return render(request, "landing.html", context)
