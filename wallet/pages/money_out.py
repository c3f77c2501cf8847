"""Pages for earnings: withdrawals, and where they go."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
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
from wallet.books import caps
from wallet.models import Withdrawal
from wallet.money import format_cents
from wallet.money_out import connect, withdrawals
from wallet.pages.forms import CountryForm, WithdrawForm
from wallet.pages.shared import leave_for, wallet_context

WITHDRAWALS_SHOWN = 50


@login_required
@require_safe
def show_earnings(request: HttpRequest) -> HttpResponse:
    return _earnings(request, WithdrawForm(), CountryForm(initial={"country": settings.CONNECT_COUNTRY}))


def _earnings(request: HttpRequest, form: WithdrawForm, country: CountryForm, status: int = 200) -> HttpResponse:
    user = member_of(request)
    context = {
        **wallet_context(user, clock.now()),
        "withdraw_form": form,
        "country_form": country,
        "least_cents": settings.WITHDRAWAL_CENTS_MIN,
        "room": caps.withdrawal_room(user, clock.now()),
        "connection": connect.connection_of(user),
        "payouts": connect.payouts_of(user),
        "withdrawals": Withdrawal.objects.filter(user=user).order_by("-created_at")[:WITHDRAWALS_SHOWN],
    }
    return render(request, "wallet/earnings.html", context, status=status)


@login_required
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _earnings(request, form, CountryForm(initial={"country": settings.CONNECT_COUNTRY}), status=422)
    require_fresh_login(request)
    cents = form.cleaned_data["amount_cents"]
    withdrawals.request_withdrawal(
        user=member_of(request),
        amount_cents=cents,
        now=clock.now(),
        idempotency_key=key_of(request, "withdraw", cents),
    )
    messages.success(request, _("{cents} is on its way. You see here how far it is.").format(cents=format_cents(cents)))
    return redirect("earnings")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def payouts(request: HttpRequest) -> HttpResponse:
    """On to Stripe's onboarding. Stripe itself sends people here by GET when a link has expired."""
    user, country, now = member_of(request), None, clock.now()
    if connect.connection_of(user) == "not_connected":
        if request.method != "POST":
            return redirect("earnings")
        form = CountryForm(request.POST)
        if not form.is_valid():
            return _earnings(request, WithdrawForm(), form, status=422)
        country = form.cleaned_data["country"]
    require_fresh_login(request)
    pages = return_urls.onboarding_pages(site_of(request))
    url = connect.start_onboarding(user=user, country=country, now=now, **pages)
    return leave_for(request, url, _("You set up payouts on Stripe's page and come back here afterwards."))


@login_required
@never_cache
@require_safe
def payouts_return(request: HttpRequest) -> HttpResponse:
    """Back from onboarding, which proves nothing: ask Stripe."""
    profile = connect.return_from_onboarding(user=member_of(request), now=clock.now())
    if profile is not None and profile.takes_payouts:
        messages.success(request, _("Payouts are set up. A prize can be withdrawn once its hold is over."))
    elif profile is not None:
        messages.info(request, _("Stripe does not have everything yet; below is what is missing."))
    return redirect("earnings")
