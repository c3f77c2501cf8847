"""Pages for adding money: top-ups, the saved card, automatic top-up."""

from __future__ import annotations

import re
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.fresh_login import require_fresh_login
from accounts.viewer import member_of
from core import clock
from core.form_tokens import key_of
from core.http import site_of
from wallet import return_urls
from wallet.money import format_cents
from wallet.money_in import auto_topups, card_refunds, cards, topups
from wallet.money_in.auto_topup_raises import would_charge_more
from wallet.pages.forms import AutoTopupForm, TopupForm
from wallet.pages.overview import overview
from wallet.pages.shared import leave_for, wallet_context
from wallet.pages.under_way import whereabouts_of

SESSION = re.compile(r"\w{1,255}", re.ASCII)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def topup(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("wallet")
    form = TopupForm(request.POST)
    if not form.is_valid():
        return overview(request, topup_form=form, status=422)
    _rest, url = topups.start_topup(
        user=member_of(request),
        now=clock.now(),
        idempotency_key=key_of(request, "topup", *form.cleaned_data.values()),
        **form.cleaned_data,
        **return_urls.topup_pages(site_of(request)),
    )
    return leave_for(request, url, _("You pay on Stripe's page and come back here afterwards."))


@login_required
@never_cache
@require_safe
def topup_return(request: HttpRequest) -> HttpResponse:
    """Back from Checkout. Whose the money is, the session says, never the viewer."""
    session_id = request.GET.get("session_id", "")
    user, now = member_of(request), clock.now()
    if not SESSION.fullmatch(session_id):
        raise Http404
    topup = topups.return_from_checkout(user=user, session_id=session_id, now=now)
    if topup is None:
        raise Http404
    (where,) = whereabouts_of([topup])
    context = {"left_cents": where.left_cents, "returning_cents": where.returning_cents, **wallet_context(user, now)}
    return render(request, "wallet/topup.html", {"topup": topup, "came_back": True, **context})


@login_required
@require_POST
def card_setup(request: HttpRequest) -> HttpResponse:
    pages = return_urls.card_pages(site_of(request))
    url = cards.start_card_setup(user=member_of(request), key=key_of(request, "card"), now=clock.now(), **pages)
    return leave_for(request, url, _("You save a card on Stripe's page and come back here afterwards."))


@login_required
@require_POST
def card_portal(request: HttpRequest) -> HttpResponse:
    back = return_urls.portal_page(site_of(request))
    url = cards.open_portal(user=member_of(request), return_url=back, now=clock.now())
    return leave_for(request, url, _("You change or remove your card on Stripe's page and come back here afterwards."))


@login_required
@never_cache
@require_safe
def card_return(request: HttpRequest) -> HttpResponse:
    """Back from saving, changing or removing a card: ask Stripe which it was."""
    if cards.return_with_card(user=member_of(request), now=clock.now()):
        messages.success(request, _("You have a saved card."))
    else:
        messages.info(request, _("You have no saved card."))
    return redirect("wallet")


@login_required
@require_POST
def auto_topup(request: HttpRequest) -> HttpResponse:
    form = AutoTopupForm(request.POST)
    if not form.is_valid():
        return overview(request, auto_form=form, status=422)
    if would_charge_more(user=member_of(request), **form.cleaned_data):
        require_fresh_login(request)
    profile = auto_topups.set_auto_topup(user=member_of(request), **form.cleaned_data)
    turned = _("Automatic top-up is on.") if profile.auto_topup_enabled else _("Automatic top-up is off.")
    messages.success(request, turned)
    return redirect("wallet")


@login_required
@require_POST
def card_refund(request: HttpRequest, topup_id: UUID) -> HttpResponse:
    """Send what is left of a top-up back to its card. Pressed twice, the second finds nothing left."""
    made = card_refunds.start_card_refund(user=member_of(request), topup_id=topup_id, now=clock.now())
    messages.success(
        request, _("{amount} is on its way back to its card.").format(amount=format_cents(made.amount_cents))
    )
    return redirect("wallet")
