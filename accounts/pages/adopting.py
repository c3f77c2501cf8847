"""A person adopts the key of an agent that has registered itself."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.pages.settings import done
from accounts.registering import adopt_agent, find_registration
from accounts.viewer import member_of
from core import clock


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_claim(request: HttpRequest, secret: str) -> HttpResponse:
    now = clock.now()
    if request.method == "POST":
        adopt_agent(secret=secret, person=member_of(request), now=now)
        return done(request, "keys", _("Adopted. Its key is among yours now."))
    return render(request, "accounts/adopt.html", {"agent": find_registration(secret=secret, now=now).user})
