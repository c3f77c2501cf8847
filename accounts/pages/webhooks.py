"""A user's own webhooks: the list, one with its deliveries, and what can be done to it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.fresh_login import require_fresh_login
from accounts.models import WebhookEndpoint
from accounts.pages.forms import WebhookForm
from accounts.pages.settings import done, show_settings, to_section
from accounts.viewer import member_of
from accounts.webhooks import endpoints
from core import clock
from core.errors import Invalid

DELIVERIES_MAX = 30


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return to_section("webhooks")
    form = WebhookForm(request.POST, auto_id="webhook_%s")
    if form.is_valid():
        # It hears of everything from then on.
        require_fresh_login(request)
        try:
            user, url = member_of(request), form.cleaned_data["url"]
            made, secret = endpoints.add_webhook(user=user, url=url, now=clock.now())
        except Invalid as refusal:
            form.add_error("url", refusal.errors["url"])
        else:
            # Shown in this answer and never again, so there is no redirect that would have to carry it.
            return _show(request, made, secret)
    return show_settings(request, status=422, webhook_form=form)


@login_required
@never_cache
@require_safe
def webhook(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    return _show(request, endpoints.find_webhook(user=member_of(request), endpoint_id=endpoint_id))


def _show(request: HttpRequest, endpoint: WebhookEndpoint, secret: str | None = None) -> HttpResponse:
    newest = endpoint.deliveries.order_by("-created_at", "pk")[:DELIVERIES_MAX]
    context = {"endpoint": endpoint, "secret": secret, "deliveries": newest}
    return render(request, "accounts/webhook.html", context)


@login_required
@require_POST
def try_out(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    endpoints.send_test(user=member_of(request), endpoint_id=endpoint_id, now=clock.now())
    messages.success(request, _("A test is on its way. Look at this page again in half a minute."))
    return redirect("webhook", endpoint_id)


@login_required
@never_cache
@require_POST
def renew(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    endpoint, secret = endpoints.renew_secret(user=member_of(request), endpoint_id=endpoint_id, now=clock.now())
    return _show(request, endpoint, secret)


@login_required
@require_POST
def turn_on(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    endpoints.turn_on(user=member_of(request), endpoint_id=endpoint_id, now=clock.now())
    messages.success(request, _("Turned on. It gets your next notification."))
    return redirect("webhook", endpoint_id)


@login_required
@require_POST
def remove(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    endpoints.remove_webhook(user=member_of(request), endpoint_id=endpoint_id)
    return done(request, "webhooks", _("Removed. Nothing is sent there any more."))
