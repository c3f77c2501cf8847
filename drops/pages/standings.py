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
    wanted, number = form.wanted(), form.number
    since = records.since_of(wanted["period"], clock.now())
    page = records.leaders(pack=wanted["pack"], since=since, page=number)
    viewer = viewer_of(request)
    own = records.own_place(viewer, pack=wanted["pack"], since=since) if viewer is not None else None
    context = {
        "form": form,
        "leaders": page.rows,
        "since": since,
        "number": number,
        "before": form.address_of(number - 1) if number > 1 else None,
        "after": form.address_of(number + 1) if page.goes_on else None,
        "own": own,
        "own_page": _page_of(own, form),
        "is_hidden": viewer is not None and own is None and Takedown.objects.standing().of(viewer).exists(),
    }
    return render(request, "drops/leaderboard.html", context)


def _page_of(own: records.Leader | None, form: LeaderboardForm) -> str:
    """The address of one's own line: on this page, or on the one that holds it."""
    page = form.number if own is None else records.page_with(own.place)
    return "#you" if page == form.number else f"{form.address_of(page)}#you"


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
