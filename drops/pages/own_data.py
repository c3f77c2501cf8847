"""The page on which somebody asks for a copy of their data, or for the end of their account."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.fresh_login import require_fresh_login
from accounts.models import Erasure, Export
from accounts.viewer import member_of
from core import clock
from core.text import kept, number_of
from drops.privacy import erasing, exporting
from drops.privacy.open_ends import open_ends_of
from wallet.money_out.forfeits import rest_of


@login_required
@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    user, now = member_of(request), clock.now()
    mine = Export.objects.filter(user=user)
    ready = mine.ready(now).order_by("-asked_at").first()
    erasure, rest = Erasure.objects.standing().filter(user=user).first(), rest_of(user)
    agreed = erasure.gives_up_cents if erasure else rest
    context = {
        "waiting": mine.waiting().first(),
        "ready": ready,
        "link": reverse("download_copy", args=[exporting.token_of(ready)]) if ready else "",
        "erasure": erasure,
        "rest_cents": rest,
        "erasure_days": settings.ERASURE_SECONDS // 86_400,
        "open_ends": list(open_ends_of(user, now, gives_up_cents=agreed)),
        "now": now,
    }
    return render(request, "drops/own_data.html", context)


@login_required
@require_POST
def ask_for_copy(request: HttpRequest) -> HttpResponse:
    require_fresh_login(request)
    exporting.ask_for_export(user=member_of(request), now=clock.now())
    return _back(request, _("We're making your copy. We'll tell you when it's ready."))


@login_required
@never_cache
@require_safe
def download(request: HttpRequest, token: str) -> HttpResponse | FileResponse:
    require_fresh_login(request)
    export, content = exporting.open_export(user=member_of(request), token=token, now=clock.now())
    name = f"clorp-{export.asked_at:%Y-%m-%d}.zip"
    answer = FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")
    answer["Content-Length"] = str(export.size)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@login_required
@require_POST
def erase(request: HttpRequest) -> HttpResponse:
    require_fresh_login(request)
    # The sum beside the tick, so that nothing is given up that came after the page was read.
    agreed = number_of(kept(request.POST.get("gives_up_cents", ""))) or 0
    erasing.ask_for_erasure(user=member_of(request), gives_up_cents=agreed, now=clock.now())
    return _back(request, _("Your account is set to be erased. You can keep it until the date below."))


@login_required
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Without a fresh login: whoever comes back to keep an account must not be kept from it."""
    erasing.keep_account(user=member_of(request), now=clock.now())
    return _back(request, _("Your account stays as it is."))


def _back(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("own_data")
