"""The wallet's page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clorp import clock
from clorp.accounts.viewer import member_of
from wallet import ledger
from wallet.statement import LINES_MAX, lines_of

ID_DIGITS_MAX = 18


@login_required
@require_safe
def show_wallet(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    now = clock.now()
    before = request.GET.get("before", "")
    oldest = int(before) if before.isascii() and before.isdigit() and len(before) <= ID_DIGITS_MAX else None
    lines = lines_of(user, before=oldest)
    balance = ledger.balance_cents(user)
    held = min(balance, ledger.held_cents(user, now))
    return render(
        request,
        "wallet/wallet.html",
        {
            "balance_cents": balance,
            "held_cents": held,
            "withdrawable_cents": balance - held,
            "lines": lines,
            "older": lines[-1].entry.pk if len(lines) == LINES_MAX else None,
            "is_first_page": oldest is None,
        },
    )
