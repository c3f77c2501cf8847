"""A person adopts the key of an agent that has registered itself."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

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
        messages.success(request, _("Adopted. Its key is among yours now."))
        return redirect("keys")
    return render(request, "accounts/adopt.html", {"agent": find_registration(secret=secret, now=now).user})
