"""Shared by the wallet's pages: the way to Stripe, and what a wallet holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from core.form_tokens import new_token
from core.words import Words
from wallet.books import debts, freezes
from wallet.books.earnings import earnings_in, held_prizes
from wallet.models import PaymentProfile


def leave_for(request: HttpRequest, url: str, why: Words) -> HttpResponse:
    """A page that goes on to Stripe by itself, and has a link for whom it does not.

    No redirect: the site's policy forbids that a form ends on another site, and it shall stay that way.
    """
    response = render(request, "wallet/leaving.html", {"url": url, "why": why})
    response["Cache-Control"] = "no-store"
    return response


def wallet_context(user: User, now: datetime) -> dict[str, Any]:
    """Return the context that every page about a wallet needs. Without Stripe nobody owes, waits or has a card."""
    stripe_on = bool(settings.STRIPE_SECRET_KEY)
    accounts = debts.accounts_of(user)
    balances = {kind: account.balance for kind, account in accounts.items()}
    prizes = held_prizes(user, now)
    earnings = earnings_in(accounts.get("wallet"), prizes)
    return {
        "balance_cents": earnings.balance_cents,
        "card_cents": earnings.card_cents,
        "held_cents": earnings.held_cents,
        "held_prizes": prizes if earnings.held_cents else [],
        "withdrawable_cents": earnings.withdrawable_cents,
        "transit_cents": balances.get("transit", 0),
        "owed_cents": -balances.get("debt", 0),
        "is_disputed": stripe_on and freezes.is_disputed(user),
        "is_reported": stripe_on and freezes.is_reported(user),
        "stripe_on": stripe_on,
        "profile": PaymentProfile.of(user) if stripe_on else None,
        "token": new_token(),
    }
