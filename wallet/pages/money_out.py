"""Pages for earnings: withdrawals, and where they go."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

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
    cents = form.cleaned_data["amount_cents"]
    withdrawals.request_withdrawal(
        user=member_of(request),
        amount_cents=cents,
        now=clock.now(),
        idempotency_key=key_of(request, "withdraw", cents),
    )
    messages.success(request, f"{format_cents(cents)} is on its way. You see here how far it is.")
    return redirect("earnings")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def payouts(request: HttpRequest) -> HttpResponse:
    """On to Stripe's onboarding. Stripe itself sends people here by GET when a link has expired."""
    user, pages, now = member_of(request), return_urls.onboarding_pages(site_of(request)), clock.now()
    if request.method == "POST" and connect.connection_of(user) == "not_connected":
        form = CountryForm(request.POST)
        if not form.is_valid():
            return _earnings(request, WithdrawForm(), form, status=422)
        url = connect.start_onboarding(user=user, country=form.cleaned_data["country"], now=now, **pages)
        return leave_for(request, url, "set up payouts")
    if connect.connection_of(user) == "not_connected":
        return redirect("earnings")
    return leave_for(request, connect.start_onboarding(user=user, now=now, **pages), "set up payouts")


@login_required
@never_cache
@require_safe
def payouts_return(request: HttpRequest) -> HttpResponse:
    """Back from onboarding, which proves nothing: ask Stripe."""
    profile = connect.return_from_onboarding(user=member_of(request), now=clock.now())
    if profile is not None and profile.takes_payouts:
        messages.success(request, "Payouts are set up. You can withdraw.")
    elif profile is not None:
        messages.info(request, "Stripe does not have everything yet; below is what is missing.")
    return redirect("earnings")
