"""The balance in the header of every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from wallet.books import ledger
from wallet.money import format_cents


def wallet_balance(request: HttpRequest) -> dict[str, Any]:
    """The viewer's balance in dollars, asked of the database only where a template shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"wallet_balance": ""}
    return {"wallet_balance": SimpleLazyObject(lambda: format_cents(ledger.balance_cents(user)))}
