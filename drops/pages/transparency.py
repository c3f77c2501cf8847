"""The acts of moderators, in counts, for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.api.public_cache import shared_with_strangers
from drops.moderation.transparency import TIMES_MIN, months_until


@shared_with_strangers
@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    """The last months, the newest first; those in which nothing happened are left out after it."""
    months = months_until(clock.now())
    shown = [
        month for number, month in enumerate(months) if number == 0 or month.acts or month.reports or month.appeals
    ]
    return render(request, "drops/transparency.html", {"months": shown, "times_min": TIMES_MIN})
