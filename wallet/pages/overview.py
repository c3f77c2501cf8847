"""The wallet's page, and its statement as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.viewer import member_of
from core import clock
from core.cells import Echo, plain
from core.text import number_of
from core.words import in_english
from wallet.books.caps import topup_room
from wallet.books.statement import FILTERS, LINES_MAX, StatementLine, all_lines_of, lines_of
from wallet.models import PaymentProfile, Topup
from wallet.money import decimal_dollars, typed_cents
from wallet.money_in.auto_topups import left_this_month_cents
from wallet.money_in.card_refunds import returnable_to_cards
from wallet.pages.chart import chart_of
from wallet.pages.forms import AutoTopupForm, FilterForm, TopupForm
from wallet.pages.shared import wallet_context
from wallet.pages.under_way import under_way, whereabouts_of

TOPUPS_SHOWN = 5


@login_required
@require_safe
def show_wallet(request: HttpRequest) -> HttpResponse:
    return overview(request)


def overview(
    request: HttpRequest,
    *,
    topup_form: TopupForm | None = None,
    auto_form: AutoTopupForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, with a form as it was sent where something about it was wrong."""
    user = member_of(request)
    oldest = number_of(request.GET.get("before", ""))
    show = _filter_of(request)
    lines = lines_of(user, before=oldest, show=show)
    now = clock.now()
    wallet = wallet_context(user, now)
    context = {
        **wallet,
        "lines": lines,
        "older": lines[-1].entry.pk if len(lines) == LINES_MAX else None,
        "is_first_page": oldest is None,
        "chart": chart_of(user, now, wallet["balance_cents"]),
        "show": show,
        "filter": FilterForm({"show": show}),
        "topup_form": topup_form or TopupForm(),
        "returnable": returnable_to_cards(user) if wallet["stripe_on"] and wallet["card_cents"] else [],
        "room": topup_room(user, now) if wallet["stripe_on"] else None,
        "auto_form": auto_form or AutoTopupForm(initial=_settings_of(wallet["profile"])),
        "auto_month_cents": settings.AUTO_TOPUP_MONTH_CENTS_MAX,
        "auto_waits_for_month": _waits_for_month(user, wallet["profile"], now),
    }
    if wallet["stripe_on"]:
        context |= under_way(user, wallet["profile"])
        context["topups"] = whereabouts_of(Topup.objects.of(user).order_by("-created_at")[:TOPUPS_SHOWN])
    return render(request, "wallet/wallet.html", context, status=status)


def _filter_of(request: HttpRequest) -> str:
    show = request.GET.get("show", "")
    return show if show in FILTERS else "all"


def _waits_for_month(user: User, profile: PaymentProfile | None, now: datetime) -> bool:
    """Whether this month's limit keeps the next automatic top-up from being charged."""
    if profile is None or not profile.auto_topup_enabled:
        return False
    return (profile.auto_topup_amount_cents or 0) > left_this_month_cents(user, now)


def _settings_of(profile: PaymentProfile | None) -> dict[str, Any]:
    if profile is None:
        return {}
    sums = (profile.auto_topup_amount_cents, profile.auto_topup_threshold_cents)
    amount, threshold = ("" if cents is None else typed_cents(cents) for cents in sums)
    return {"enabled": profile.auto_topup_enabled, "amount_cents": amount, "threshold_cents": threshold}


@login_required
@require_safe
def statement_csv(request: HttpRequest) -> StreamingHttpResponse:
    lines = all_lines_of(member_of(request), show=_filter_of(request))
    response = StreamingHttpResponse(_rows(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="clorp-statement.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


COLUMNS = ("when (UTC)", "what", "cents", "balance after, cents", "reason", "dollars", "balance after, dollars")


def _rows(lines: Iterator[StatementLine]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for line in lines:
        at = f"{line.entry.created_at:%Y-%m-%dT%H:%M:%SZ}"
        cents = [line.entry.delta, line.entry.balance_after]
        yield writer.writerow(
            [
                at,
                plain(in_english(line.words)),
                *cents,
                plain(line.entry.reason),
                *[decimal_dollars(each or 0) for each in cents],
            ]
        )
