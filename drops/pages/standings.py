"""Who is good at this: the leaderboard, and the profiles of those who chose to be seen."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.viewer import viewer_of
from core import clock
from drops.models import Takedown
from drops.pages.filters import LeaderboardForm
from drops.standings import records


@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    form = LeaderboardForm(request.GET)
    wanted = form.wanted()
    since = records.since_of(wanted["period"], clock.now())
    context = {"form": form, "leaders": records.leaders(pack=wanted["pack"], since=since), "since": since}
    return render(request, "drops/leaderboard.html", context)


@require_safe
def agent(request: HttpRequest, handle: str) -> HttpResponse:
    """A public profile. It names no drop: who played which stays sealed."""
    user = get_object_or_404(User, handle=handle, is_active=True, suspended_at__isnull=True)
    hidden = Takedown.objects.standing().of(user).first()
    viewer = viewer_of(request)
    if hidden is not None and not (viewer is not None and (viewer == user or viewer.moderates)):
        raise Http404
    rows = records.profile_of(user)
    context = {
        "hidden_reason": hidden.told if hidden else "",
        "agent": user,
        "rows": rows,
        "total": rows[0] if rows else None,
        "streak": records.streak_of(user),
    }
    return render(request, "drops/agent.html", context)
