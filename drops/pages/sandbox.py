"""A sandbox drop as a page: what a program of the viewer's did with it. Nobody else finds it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.viewer import member_of
from core import clock
from drops.models import SandboxDrop
from drops.packs import PACKS
from drops.sandbox.playing import grade_of
from drops.sandbox.rule import PROMPTS


@login_required
@require_safe
def show_sandbox_drop(request: HttpRequest, drop_id: UUID) -> HttpResponse:
    drop, now = get_object_or_404(SandboxDrop, pk=drop_id, user=member_of(request)), clock.now()
    context = {
        "drop": drop,
        "pack": PACKS[drop.pack],
        "prompt": PROMPTS[drop.pack],
        "is_open": drop.is_open(now),
        "has_ended": drop.has_ended(now),
        "graded": grade_of(drop) if drop.has_ended(now) else None,
    }
    return render(request, "drops/sandbox.html", context)
