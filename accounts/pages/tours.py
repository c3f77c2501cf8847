"""Closing the hints of a first drop or a first seat."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.tours import close_tour
from accounts.viewer import member_of
from core import clock
from core.http import path_of_ours
from core.text import kept


@login_required
@require_POST
def close(request: HttpRequest, tour: str) -> HttpResponse:
    """Close it, and go back to the page it stood on; a script takes it off that page by itself."""
    close_tour(user=member_of(request), tour=tour, now=clock.now())
    if "HX-Request" in request.headers:
        return HttpResponse()
    return redirect(path_of_ours(kept(request.POST.get("back", ""))) or "/")
